//! Paths, values, conditions and updates: one typed vocabulary, one tree, one renderer.

mod condition;
mod node;
mod path;
mod render;
mod update;
mod value;

#[cfg(test)]
mod tests;

pub use condition::{Condition, Container, FilterOn, Prefix, Size};
pub use path::{
    AnyItem, At, Flattened, Indexed, Keyed, Member, OneItem, Path, Role, Root, Scope, Steps, Then, Writable,
    role,
};
pub use update::{Empty, Expr, Removable, Sum};
pub use value::Value;

pub(crate) use node::{Action, Comparator, Node, PathNode, Step, Test};
pub(crate) use render::{RenderError, Renderer};
pub(crate) use update::Actions;
#[doc(hidden)]
pub use value::Operand;
