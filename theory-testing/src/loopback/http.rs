//! As much of HTTP/1.1 as the servers on loopback need: requests with a length or in chunks, answers with a length.

use std::io::{self, BufRead, ErrorKind, Read, Write};
use std::net::TcpStream;

/// More than DynamoDB and Lambda take.
const LARGEST: usize = 32 * 1024 * 1024;
/// More than any head here has.
const LONGEST_LINE: u64 = 64 * 1024;

#[cfg_attr(not(feature = "lambda"), allow(dead_code))]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// The next request; none where the peer has closed the connection.
    pub(crate) fn read(from: &mut impl BufRead) -> io::Result<Option<Self>> {
        let first = line(from)?;
        if first.is_empty() {
            return Ok(None);
        }
        let mut words = first.split_whitespace();
        let (Some(method), Some(path)) = (words.next(), words.next()) else { return Err(malformed()) };
        let mut request =
            Self { method: method.to_owned(), path: path.to_owned(), headers: Vec::new(), body: Vec::new() };
        loop {
            let line = line(from)?;
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').ok_or_else(malformed)?;
            request.headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        request.body = if request.header("transfer-encoding").is_some_and(|value| value.contains("chunked")) {
            chunks(from)?
        } else {
            let length = request.header("content-length").map(str::parse).transpose();
            body(from, length.map_err(|_| malformed())?.unwrap_or(0))?
        };
        Ok(Some(request))
    }

    /// A header, by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Writes an answer, in one piece.
pub(crate) fn answer(
    mut to: &TcpStream,
    status: u16,
    headers: &[(&str, String)],
    body: &[u8],
) -> io::Result<()> {
    let mut bytes = format!("HTTP/1.1 {status} \r\ncontent-length: {}\r\n", body.len()).into_bytes();
    for (name, value) in headers {
        write!(bytes, "{name}: {value}\r\n")?;
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    to.write_all(&bytes)
}

fn line(from: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    from.by_ref().take(LONGEST_LINE).read_line(&mut line)?;
    Ok(line)
}

fn body(from: &mut impl BufRead, length: usize) -> io::Result<Vec<u8>> {
    if length > LARGEST {
        return Err(malformed());
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body)?;
    Ok(body)
}

fn chunks(from: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let size = line(from)?;
        let size = size.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).map_err(|_| malformed())?;
        whole.extend(body(from, size)?);
        if size == 0 {
            // Trailers, and the empty line after them.
            while !line(from)?.trim_end().is_empty() {}
            return Ok(whole);
        }
        if whole.len() > LARGEST || !line(from)?.trim_end().is_empty() {
            return Err(malformed());
        }
    }
}

fn malformed() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, "not a request of HTTP/1.1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_has_a_length_or_comes_in_chunks() {
        let bytes = b"POST /a HTTP/1.1\r\nContent-Length: 2\r\n\r\nhiPOST /b HTTP/1.1\r\ntransfer-encoding: chunked\r\n\
            \r\n3\r\nabc\r\n1;x=y\r\nd\r\n0\r\nt: u\r\n\r\nGET /c HTTP/1.1\r\n\r\n";
        let mut from = &bytes[..];
        for (path, body) in [("/a", "hi"), ("/b", "abcd"), ("/c", "")] {
            let request = Request::read(&mut from).unwrap().unwrap();
            assert_eq!((request.path.as_str(), request.body.as_slice()), (path, body.as_bytes()));
        }
        assert!(Request::read(&mut from).unwrap().is_none());
    }

    #[test]
    fn what_is_no_request_is_an_error() {
        for bytes in [
            "x\r\n\r\n",
            "POST / HTTP/1.1\r\nno header\r\n\r\n",
            "POST / HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
            "POST / HTTP/1.1\r\ncontent-length: 99999999999\r\n\r\n",
            "POST / HTTP/1.1\r\ncontent-length: 3\r\n\r\nab",
            "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n",
        ] {
            assert!(Request::read(&mut bytes.as_bytes()).is_err(), "{bytes}");
        }
    }
}
