//! The format specification mini language.

/// Where the fill goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// `<`
    Left,
    /// `>`
    Right,
    /// `=`: between sign and digits.
    AfterSign,
    /// `^`
    Center,
}

/// What stands before a number that is not negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sign {
    /// Nothing said: as `-`, but texts accept only this.
    #[default]
    Unset,
    /// `-`: only negative numbers have one.
    Minus,
    /// `+`
    Plus,
    /// A space.
    Space,
}

/// Which separator stands between groups of digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Grouping {
    /// None.
    #[default]
    None,
    /// `,`
    Comma,
    /// `_`
    Underscore,
}

/// A specification, as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    /// The fill character (a code point: a lone surrogate is allowed).
    pub fill: u32,
    /// Where the fill goes.
    pub align: Align,
    /// The sign option.
    pub sign: Sign,
    /// `z`: no negative zero.
    pub no_negative_zero: bool,
    /// `#`
    pub alternate: bool,
    /// The least width.
    pub width: Option<usize>,
    /// Separator of the whole part.
    pub grouping: Grouping,
    /// What follows the point.
    pub precision: Option<usize>,
    /// Separator of the fraction.
    pub fraction_grouping: Grouping,
    /// The type character, or the default that was given.
    pub code: u32,
}

/// Why a specification is refused. All are ValueErrors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpecError {
    /// The text has a form that nothing accepts; the message repeats it ([`SpecError::message`]).
    Invalid,
    /// No such type character for the object's type.
    UnknownCode(u32),
    /// A message that needs nothing else.
    Plain(&'static str),
    /// "Cannot specify ',' with 's'."
    GroupingWithCode(Grouping, u32),
    /// OverflowError "%c arg not in range(0x110000)"
    CharRange,
    /// OverflowError "Python int too large to convert to C long"
    CharTooLong,
    /// The result does not fit memory (MemoryError).
    Memory,
}

impl SpecError {
    /// CPython's wording, for the specification's text and the name of the object's type.
    pub fn message(&self, spec: &str, type_name: &str) -> String {
        match *self {
            SpecError::Invalid => {
                format!("Invalid format specifier '{spec}' for object of type '{type_name}'")
            }
            SpecError::UnknownCode(code) => {
                format!("Unknown format code '{}' for object of type '{type_name}'", show_code(code))
            }
            SpecError::Plain(text) => text.to_owned(),
            SpecError::GroupingWithCode(grouping, code) => {
                let separator = if grouping == Grouping::Comma { ',' } else { '_' };
                format!("Cannot specify '{separator}' with '{}'.", show_code(code))
            }
            SpecError::CharRange => "%c arg not in range(0x110000)".to_owned(),
            SpecError::CharTooLong => "Python int too large to convert to C long".to_owned(),
            SpecError::Memory => String::new(),
        }
    }
}

fn show_code(code: u32) -> String {
    match char::from_u32(code) {
        Some(c) if (33..128).contains(&code) => c.to_string(),
        _ => format!("\\x{code:x}"),
    }
}

const TOO_MANY_DIGITS: SpecError = SpecError::Plain("Too many decimal digits in format string");
const BOTH_SEPARATORS: SpecError = SpecError::Plain("Cannot specify both ',' and '_'.");

/// A cursor over the specification's characters.
struct Reader<'a, C> {
    text: &'a [C],
    position: usize,
}

impl<C: Copy + Into<u32>> Reader<'_, C> {
    fn peek(&self) -> Option<u32> {
        self.at(self.position)
    }

    fn at(&self, i: usize) -> Option<u32> {
        self.text.get(i).map(|&c| c.into())
    }

    fn take(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c as u32);
        self.position += found as usize;
        found
    }

    /// Decimal digits of any script.
    fn number(&mut self) -> Result<Option<usize>, SpecError> {
        let mut value: Option<usize> = None;
        while let Some(d) = self.peek().and_then(crate::unicode::to_decimal) {
            let next = value.unwrap_or(0).checked_mul(10).and_then(|v| v.checked_add(d as usize));
            match next {
                Some(v) if v <= isize::MAX as usize => value = Some(v),
                _ => return Err(TOO_MANY_DIGITS),
            }
            self.position += 1;
        }
        Ok(value)
    }

    fn grouping(&mut self) -> Result<Grouping, SpecError> {
        let mut grouping = Grouping::None;
        if self.take(',') {
            grouping = Grouping::Comma;
        }
        if self.take('_') {
            if grouping != Grouping::None {
                return Err(BOTH_SEPARATORS);
            }
            grouping = Grouping::Underscore;
        }
        if grouping == Grouping::Underscore && self.peek() == Some(',' as u32) {
            return Err(BOTH_SEPARATORS);
        }
        Ok(grouping)
    }
}

fn align_of(c: Option<u32>) -> Option<Align> {
    match char::from_u32(c?)? {
        '<' => Some(Align::Left),
        '>' => Some(Align::Right),
        '=' => Some(Align::AfterSign),
        '^' => Some(Align::Center),
        _ => None,
    }
}

impl Spec {
    /// Reads a specification; type and alignment are these where it names none (`code` 0 stands for a
    /// type that is not given).
    pub fn parse<C: Copy + Into<u32>>(text: &[C], code: char, align: Align) -> Result<Spec, SpecError> {
        let mut r = Reader { text, position: 0 };
        let mut spec = Spec {
            fill: ' ' as u32,
            align,
            sign: Sign::Unset,
            no_negative_zero: false,
            alternate: false,
            width: None,
            grouping: Grouping::None,
            precision: None,
            fraction_grouping: Grouping::None,
            code: code as u32,
        };
        let (mut align_given, mut fill_given) = (true, false);
        if let Some(given) = align_of(r.at(1)) {
            spec.fill = r.at(0).unwrap_or(spec.fill);
            spec.align = given;
            fill_given = true;
            r.position = 2;
        } else if let Some(given) = align_of(r.at(0)) {
            spec.align = given;
            r.position = 1;
        } else {
            align_given = false;
        }
        spec.sign = match r.peek().and_then(char::from_u32) {
            Some('+') => Sign::Plus,
            Some('-') => Sign::Minus,
            Some(' ') => Sign::Space,
            _ => Sign::Unset,
        };
        r.position += (spec.sign != Sign::Unset) as usize;
        spec.no_negative_zero = r.take('z');
        spec.alternate = r.take('#');
        if !fill_given && r.take('0') {
            spec.fill = '0' as u32;
            if !align_given && align == Align::Right {
                spec.align = Align::AfterSign;
            }
        }
        spec.width = r.number()?;
        spec.grouping = r.grouping()?;
        if r.take('.') {
            spec.precision = r.number()?;
            spec.fraction_grouping = r.grouping()?;
            if spec.precision.is_none() && spec.fraction_grouping == Grouping::None {
                return Err(SpecError::Plain("Format specifier missing precision"));
            }
        }
        match text.len() - r.position {
            0 => {}
            1 => spec.code = r.peek().unwrap_or(spec.code),
            _ => return Err(SpecError::Invalid),
        }
        spec.check_grouping()?;
        Ok(spec)
    }

    fn check_grouping(&self) -> Result<(), SpecError> {
        let code = char::from_u32(self.code).unwrap_or('\u{1}');
        if self.grouping != Grouping::None {
            let fits = match code {
                'd' | 'e' | 'f' | 'g' | 'E' | 'G' | '%' | 'F' | '\0' => true,
                'b' | 'o' | 'x' | 'X' => self.grouping == Grouping::Underscore,
                _ => false,
            };
            if !fits {
                return Err(SpecError::GroupingWithCode(self.grouping, self.code));
            }
        }
        if self.fraction_grouping != Grouping::None && code == 'n' {
            return Err(SpecError::GroupingWithCode(self.fraction_grouping, self.code));
        }
        Ok(())
    }

    /// The type character; what is no character is reported as an unknown one.
    pub(super) fn code_char(&self) -> Result<char, SpecError> {
        char::from_u32(self.code).ok_or(SpecError::UnknownCode(self.code))
    }
}
