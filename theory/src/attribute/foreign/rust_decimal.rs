//! `rust_decimal`: exact decimal numbers.

use crate::attribute::{Attribute, FromAttribute, kind};
use crate::wire::{DecodeError, Reader, Writer};
use rust_decimal::Decimal;
use theory_schema::Type;

/// Stored as `N`, exactly: DynamoDB keeps 38 digits, and a `Decimal` has at most 29.
///
/// DynamoDB keeps no trailing zeros: `1.50` comes back as `1.5`, which is equal.
impl Attribute for Decimal {
    type Kind = kind::Number;
    const TYPE: &'static Type = &Type::Number;
    fn encode(&self, out: &mut Writer) {
        if self.is_zero() {
            // There is a negative zero, and zeros with a scale.
            return out.integer(0u8);
        }
        out.number(&self.to_string());
    }
}

/// A number that a `Decimal` cannot hold exactly is refused, never rounded.
impl FromAttribute for Decimal {
    fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let text = input.number()?;
        exact(&text).ok_or_else(|| {
            DecodeError::invalid("a number of at most 28 fractional digits and 96 bits (Decimal)")
        })
    }
}

/// The number, if it fits. `Decimal`'s own parser rounds what is too long.
fn exact(text: &str) -> Option<Decimal> {
    crate::wire::number::validate(text).ok()?;
    let (decimal, exponent) = match text.split_once(['e', 'E']) {
        Some((decimal, exponent)) => (decimal, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = decimal.split_once('.').unwrap_or((decimal, ""));
    let digits = format!("{whole}{fraction}");
    // Zeros at the end say nothing about the value, and may be too many for the scale.
    let significant = digits.trim_end_matches('0');
    let mantissa = match significant.trim_start_matches(['+', '-']) {
        "" => return Some(Decimal::ZERO),
        _ => significant.parse::<i128>().ok()?,
    };
    let trailing = i32::try_from(digits.len() - significant.len()).ok()?;
    let exponent = exponent.checked_sub(i32::try_from(fraction.len()).ok()?)?.checked_add(trailing)?;
    match u32::try_from(-exponent) {
        Ok(scale) => Decimal::try_from_i128_with_scale(mantissa, scale).ok(),
        Err(_) => {
            let power = 10i128.checked_pow(exponent.unsigned_abs())?;
            Decimal::try_from_i128_with_scale(mantissa.checked_mul(power)?, 0).ok()
        }
    }
}
