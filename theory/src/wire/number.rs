//! DynamoDB's numbers: 38 significant digits, and a magnitude from 1E-130 to 9.99…E+125.

use std::cmp::Ordering;
use std::fmt;

use super::EncodeErrorKind;

/// How many significant digits DynamoDB keeps.
pub const MAX_DIGITS: usize = 38;

/// The smallest magnitude other than zero.
pub(super) const MIN_F64: f64 = 1e-130;

/// The smallest magnitude that is too large.
pub(super) const TOO_LARGE_F64: f64 = 1e126;

/// Why text is not a number of DynamoDB's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NumberError {
    /// It is not a decimal number.
    Syntax,
    /// It has more than 38 significant digits.
    TooManyDigits,
    /// It is not zero, and its magnitude is outside 1E-130 to 9.99…E+125.
    OutOfRange,
}

impl fmt::Display for NumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        EncodeErrorKind::from(*self).fmt(f)
    }
}

impl std::error::Error for NumberError {}

impl From<NumberError> for EncodeErrorKind {
    fn from(error: NumberError) -> Self {
        match error {
            NumberError::Syntax => Self::InvalidNumber,
            NumberError::TooManyDigits => Self::TooManyDigits,
            NumberError::OutOfRange => Self::NumberOutOfRange,
        }
    }
}

/// A number as DynamoDB keeps it: a sign, up to 38 significant digits, and where the point stands.
///
/// Two of them are equal when their values are, however they were written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Number {
    negative: bool,
    /// The value is `0.DIGITS × 10^exponent`; zero has no digits and the exponent 0.
    exponent: i16,
    length: u8,
    /// Neither the first nor the last of them is zero; unused places are.
    digits: [u8; MAX_DIGITS],
}

impl Number {
    /// Reads decimal text: a sign, digits with at most one point, an exponent.
    ///
    /// # Errors
    ///
    /// Text that is not a number, or one that DynamoDB would refuse. Nothing is ever rounded.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        let (negative, unsigned) = match text.as_bytes() {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            all => (false, all),
        };
        let mut number = Self { negative, exponent: 0, length: 0, digits: [0; MAX_DIGITS] };
        let (mut seen_digit, mut seen_point) = (false, false);
        // Zeros are held back until a digit shows that they are significant.
        let (mut zeros, mut exponent, mut too_many) = (0usize, 0i64, false);
        let mut rest = unsigned;
        while let [byte, tail @ ..] = rest {
            match byte {
                b'0'..=b'9' => {
                    seen_digit = true;
                    let started = number.length > 0 || too_many;
                    if *byte == b'0' {
                        if started {
                            zeros += 1;
                        }
                    } else {
                        for digit in std::iter::repeat_n(0, zeros).chain([byte - b'0']) {
                            match number.digits.get_mut(usize::from(number.length)) {
                                Some(place) => {
                                    *place = digit;
                                    number.length += 1;
                                }
                                None => {
                                    too_many = true;
                                    break;
                                }
                            }
                        }
                        zeros = 0;
                    }
                    let significant = started || *byte != b'0';
                    match (significant, seen_point) {
                        (true, false) => exponent += 1,
                        (false, true) => exponent -= 1,
                        _ => {}
                    }
                }
                b'.' if !seen_point => seen_point = true,
                b'e' | b'E' if seen_digit => {
                    exponent = exponent.saturating_add(parse_exponent(tail)?);
                    rest = &[];
                    continue;
                }
                _ => return Err(NumberError::Syntax),
            }
            rest = tail;
        }
        if !seen_digit {
            return Err(NumberError::Syntax);
        }
        if number.length == 0 {
            return Ok(Self { negative: false, ..number });
        }
        if too_many {
            return Err(NumberError::TooManyDigits);
        }
        // 1E-130 is 0.1 × 10^-129, and 9.99…E+125 is 0.999… × 10^126.
        if !(-129..=126).contains(&exponent) {
            return Err(NumberError::OutOfRange);
        }
        number.exponent = i16::try_from(exponent).map_err(|_| NumberError::OutOfRange)?;
        Ok(number)
    }

    /// Whether it is zero.
    pub fn is_zero(&self) -> bool {
        self.length == 0
    }

    /// Whether it is less than zero.
    pub fn is_negative(&self) -> bool {
        self.negative
    }

    /// Its significant digits, as values from 0 to 9.
    fn significant(&self) -> &[u8] {
        self.digits.get(..usize::from(self.length)).unwrap_or_default()
    }

    /// How many significant digits it has; zero has none.
    pub fn significant_digits(&self) -> usize {
        usize::from(self.length)
    }

    /// The bytes that DynamoDB counts for it towards an item's size.
    ///
    /// One, one more for a negative number, and one for every two significant digits on either side of the
    /// point. AWS documents it as approximate.
    pub fn size(&self) -> usize {
        let length = self.significant_digits();
        let whole = usize::try_from(self.exponent).unwrap_or(0).min(length);
        whole.div_ceil(2) + (length - whole).div_ceil(2) + 1 + usize::from(self.negative)
    }

    /// Its sign and magnitude, if it is a whole number whose magnitude fits.
    pub fn to_integer(&self) -> Option<(bool, u128)> {
        let zeros = usize::try_from(self.exponent).ok()?.checked_sub(self.significant_digits())?;
        let mut magnitude = 0u128;
        for digit in self.significant().iter().copied().chain(std::iter::repeat_n(0, zeros)) {
            magnitude = magnitude.checked_mul(10)?.checked_add(u128::from(digit))?;
        }
        Some((self.negative, magnitude))
    }
}

/// Reads what follows the `e`. An exponent too long to hold counts as a very large one.
fn parse_exponent(text: &[u8]) -> Result<i64, NumberError> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        all => (false, all),
    };
    if digits.is_empty() {
        return Err(NumberError::Syntax);
    }
    let mut exponent = 0i64;
    for byte in digits {
        if !byte.is_ascii_digit() {
            return Err(NumberError::Syntax);
        }
        exponent = exponent.saturating_mul(10).saturating_add(i64::from(byte - b'0'));
    }
    Ok(if negative { -exponent } else { exponent })
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = |number: &Self| match (number.is_zero(), number.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        sign(self).cmp(&sign(other)).then_with(|| {
            // Digits are left-aligned, so the larger exponent is the larger magnitude.
            let magnitude = self.exponent.cmp(&other.exponent).then_with(|| self.digits.cmp(&other.digits));
            if self.negative { magnitude.reverse() } else { magnitude }
        })
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Plain digits as long as they are no longer than 38 characters or so, an exponent beyond.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.negative {
            f.write_str("-")?;
        }
        let digits: String = self.significant().iter().map(|digit| char::from(b'0' + digit)).collect();
        let length = i32::from(self.length);
        let exponent = i32::from(self.exponent);
        match exponent {
            _ if digits.is_empty() => f.write_str("0"),
            0 => write!(f, "0.{digits}"),
            1.. if exponent >= length && exponent <= 40 => {
                write!(f, "{digits}{:0>1$}", "", (exponent - length) as usize)
            }
            1.. if exponent < length => {
                let (whole, fraction) = digits.split_at_checked(exponent as usize).unwrap_or((&digits, ""));
                write!(f, "{whole}.{fraction}")
            }
            -5..0 => write!(f, "0.{:0>1$}{digits}", "", -exponent as usize),
            _ => {
                let (first, rest) = digits.split_at_checked(1).unwrap_or((&digits, ""));
                let point = if rest.is_empty() { "" } else { "." };
                write!(f, "{first}{point}{rest}E{:+}", exponent - 1)
            }
        }
    }
}

impl std::str::FromStr for Number {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        Self::parse(text)
    }
}

/// Checks that DynamoDB would take the text as a number.
///
/// # Errors
///
/// As [`Number::parse`].
#[inline]
pub fn validate(text: &str) -> Result<(), NumberError> {
    // Most numbers are plain integers, and need no arithmetic to be seen to fit.
    if (1..=MAX_DIGITS).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(());
    }
    Number::parse(text).map(|_| ())
}

/// The one text of a number: no leading or trailing zeros, no `+`, no needless exponent.
///
/// # Errors
///
/// As [`Number::parse`].
pub fn normalize(text: &str) -> Result<String, NumberError> {
    Number::parse(text).map(|number| number.to_string())
}

/// Whether it is an integer that [`normalize`] leaves as it is, as far as that can be seen at once.
#[inline]
pub(crate) fn is_plain_integer(text: &str) -> bool {
    let digits = text.as_bytes();
    (1..=MAX_DIGITS).contains(&digits.len())
        && digits.iter().all(u8::is_ascii_digit)
        && (digits.len() == 1 || digits.first() != Some(&b'0'))
}

/// Compares two numbers by value.
///
/// # Errors
///
/// As [`Number::parse`], for either.
pub fn compare(left: &str, right: &str) -> Result<Ordering, NumberError> {
    Ok(Number::parse(left)?.cmp(&Number::parse(right)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_integer_is_its_own_normal_text() {
        for plain in ["0", "7", "10", "100", "1900", &"9".repeat(38), &format!("1{}", "0".repeat(37))] {
            assert!(is_plain_integer(plain), "{plain}");
            assert_eq!(normalize(plain).as_deref(), Ok(plain));
        }
        for other in ["", "00", "01", "-1", "+1", "1.0", "1e2", "x", &"1".repeat(39)] {
            assert!(!is_plain_integer(other), "{other}");
        }
    }

    #[test]
    fn one_value_has_one_text() {
        for (texts, normal) in [
            (&["0", "-0", "+0.00", "0e999999999999999999", "00", ".0", "0."][..], "0"),
            (&["1", "01", "1.0", "+1", "10e-1", "0.1E1", ".1e+1", "1."], "1"),
            (&["-12.5", "-0012.500", "-125E-1", "-1.25e1"], "-12.5"),
            (&["100", "1e2", "1E+2", "100.000"], "100"),
            (&["0.05", "5e-2", "00.0500"], "0.05"),
            (&["1e-130", "0.1e-129"], "1E-130"),
            (&["99999999999999999999999999999999999999e88"], "9.9999999999999999999999999999999999999E+125"),
            (&["12345678901234567890123456789012345678"], "12345678901234567890123456789012345678"),
            (&["0.5", ".5", "5e-1"], "0.5"),
        ] {
            for text in texts {
                assert_eq!(normalize(text).as_deref(), Ok(normal), "{text}");
                assert_eq!(compare(text, normal), Ok(Ordering::Equal), "{text}");
                assert_eq!(validate(text), Ok(()), "{text}");
            }
        }
    }

    #[test]
    fn what_dynamodb_refuses_is_refused() {
        for text in [
            "", "-", "+", ".", "e1", "1e", "1e+", "1e1.5", "--1", "1-", "0x1", " 1", "1 ", "inf", "NaN",
            "1..2", "１",
        ] {
            assert_eq!(validate(text), Err(NumberError::Syntax), "{text:?}");
        }
        for text in ["123456789012345678901234567890123456789", "1.00000000000000000000000000000000000001"] {
            assert_eq!(validate(text), Err(NumberError::TooManyDigits), "{text}");
        }
        for text in
            ["1e126", "-1e126", "9.9e-131", "1e-131", "1e99999999999999999999", "1e-99999999999999999999"]
        {
            assert_eq!(validate(text), Err(NumberError::OutOfRange), "{text}");
        }
    }

    #[test]
    fn numbers_are_ordered_by_value() {
        let ascending =
            ["-1e125", "-10", "-9.5", "-1e-130", "0", "1e-130", "0.5", "9", "9.5", "10", "11", "1e125"];
        for (i, left) in ascending.iter().enumerate() {
            for (j, right) in ascending.iter().enumerate() {
                assert_eq!(compare(left, right), Ok(i.cmp(&j)), "{left} {right}");
            }
        }
    }

    #[test]
    fn only_whole_numbers_are_integers() {
        for (text, integer) in [
            ("0", Some((false, 0))),
            ("-7", Some((true, 7))),
            ("1E2", Some((false, 100))),
            ("10.0", Some((false, 10))),
            ("10.5", None),
            ("0.1", None),
            ("1e38", Some((false, 10u128.pow(38)))),
            ("1e39", None),
        ] {
            assert_eq!(Number::parse(text).unwrap().to_integer(), integer, "{text}");
        }
    }

    #[test]
    fn size_counts_digits_on_both_sides_of_the_point() {
        for (text, size) in [
            ("0", 1),
            ("1", 2),
            ("42", 2),
            ("-42", 3),
            ("100", 2),
            ("123", 3),
            ("1.5", 3),
            ("0.05", 2),
            ("12345678901234567890123456789012345678", 20),
            ("-1e-130", 3),
        ] {
            assert_eq!(Number::parse(text).unwrap().size(), size, "{text}");
        }
    }
}
