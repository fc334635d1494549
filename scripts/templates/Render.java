// Renders mapping templates with Apache Velocity, the engine whose language API Gateway speaks.
//
//   java -cp JARS Render.java < cases.json > results.json
//
// A case has `template`, `body` (text), `params` and `requestTime`; a result has `text` and `status`, which is null unless the template
// overrides it, or `error`. Of what API Gateway provides, `$input.path`, `$input.json`, `$input.params` and the two members of `$context`
// are stand-ins written here; everything else is Velocity's and Java's own.

import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.velocity.VelocityContext;
import org.apache.velocity.app.VelocityEngine;
import org.json.simple.JSONArray;
import org.json.simple.JSONObject;
import org.json.simple.JSONValue;

public class Render {
    public static class Input {
        private static final Pattern STEP = Pattern.compile("\\.([A-Za-z_][A-Za-z0-9_]*)|\\[([0-9]+)\\]");
        private final Object body;
        private final Map<?, ?> params;

        Input(String body, Map<?, ?> params) {
            this.body = JSONValue.parse(body);
            this.params = params;
        }

        public Object path(String path) {
            Object value = body;
            Matcher steps = STEP.matcher(path);
            int at = 1;
            while (at < path.length()) {
                if (!path.startsWith("$") || !steps.find(at) || steps.start() != at) {
                    throw new IllegalArgumentException("no path: " + path);
                }
                if (steps.group(1) != null) {
                    value = value instanceof Map<?, ?> map ? map.get(steps.group(1)) : null;
                } else {
                    int index = Integer.parseInt(steps.group(2));
                    value = value instanceof List<?> list && index < list.size() ? list.get(index) : null;
                }
                at = steps.end();
            }
            return value;
        }

        public String json(String path) {
            return JSONValue.toJSONString(path(path));
        }

        public Object params(String name) {
            Object value = params.get(name);
            return value == null ? "" : value;
        }
    }

    @SuppressWarnings("unchecked")
    public static void main(String[] args) throws Exception {
        VelocityEngine engine = new VelocityEngine();
        engine.setProperty("runtime.log.logsystem.class", "org.apache.velocity.runtime.log.NullLogChute");
        engine.init();
        JSONArray results = new JSONArray();
        Object cases = JSONValue.parse(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (Object given : (List<Object>) cases) {
            Map<String, Object> one = (Map<String, Object>) given;
            Map<String, Object> override = new HashMap<>();
            Map<String, Object> context = new HashMap<>();
            context.put("responseOverride", override);
            context.put("requestTime", one.get("requestTime"));
            VelocityContext velocity = new VelocityContext();
            Map<?, ?> params = one.get("params") instanceof Map<?, ?> map ? map : Map.of();
            velocity.put("input", new Input((String) one.get("body"), params));
            velocity.put("context", context);
            JSONObject result = new JSONObject();
            try {
                StringWriter text = new StringWriter();
                engine.evaluate(velocity, text, "template", (String) one.get("template"));
                result.put("text", text.toString());
                result.put("status", override.get("status"));
            } catch (Exception error) {
                result.put("error", error.toString());
            }
            results.add(result);
        }
        OutputStreamWriter out = new OutputStreamWriter(System.out, StandardCharsets.UTF_8);
        out.write(results.toJSONString());
        out.flush();
    }
}
