//! The attributes of a struct together with those of the structs that are flattened into it.

use crate::attribute::{Attribute, Type};
use crate::index::same;

/// How many attributes the parts have together.
pub const fn count(parts: &[&[Attribute]]) -> usize {
    let (mut count, mut part) = (0, 0);
    while part < parts.len() {
        count += parts[part].len();
        part += 1;
    }
    count
}

/// All of them, in order.
///
/// # Panics
///
/// While the crate is compiled, where `N` is not their [`count`] or two have the same name.
pub const fn concat<const N: usize>(parts: &[&[Attribute]]) -> [Attribute; N] {
    let mut all = [Attribute::new("", "", &Type::Any); N];
    let (mut next, mut part) = (0, 0);
    while part < parts.len() {
        let mut place = 0;
        while place < parts[part].len() {
            let attribute = parts[part][place];
            let mut before = 0;
            while before < next {
                if same(all[before].name, attribute.name) {
                    panic!("a flattened struct has an attribute whose name another field has already");
                }
                before += 1;
            }
            all[next] = attribute;
            next += 1;
            place += 1;
        }
        part += 1;
    }
    assert!(next == N, "the number of attributes is their count");
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Attribute = Attribute::new("a", "a", &Type::String);
    const B: Attribute = Attribute::new("b", "b", &Type::Number);

    #[test]
    fn parts_are_joined_in_order() {
        const PARTS: &[&[Attribute]] = &[&[A], &[B]];
        const ALL: [Attribute; count(PARTS)] = concat(PARTS);
        assert_eq!(ALL, [A, B]);
    }

    #[test]
    #[should_panic(expected = "whose name another field has already")]
    fn equal_names_are_refused() {
        concat::<2>(&[&[A], &[A]]);
    }
}
