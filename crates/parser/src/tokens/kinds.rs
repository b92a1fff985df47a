//! The kinds of tokens, with the names and numbers of Python 3.14's `token` module.
//!
//! One table gives the enumeration, the names, and the spelling of the operators; the functions that recognise
//! operators are matches on the same spellings, and a test holds the two together.

macro_rules! token_kinds {
    ($($variant:ident = $number:literal $name:literal $($spelling:literal)?,)*) => {
        /// The kind of a token. The discriminant is the number in the `token` module.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum TokenKind {
            $($variant = $number,)*
        }

        impl TokenKind {
            /// Every kind, in order of its number.
            pub const ALL: &'static [TokenKind] = &[$(TokenKind::$variant,)*];

            /// The name in the `token` module.
            pub const fn name(self) -> &'static str {
                match self {
                    $(TokenKind::$variant => $name,)*
                }
            }

            /// How an operator or delimiter is written; nothing for other kinds.
            pub const fn spelling(self) -> Option<&'static str> {
                match self {
                    $($(TokenKind::$variant => Some($spelling),)?)*
                    _ => None,
                }
            }
        }
    };
}

token_kinds! {
    EndMarker = 0 "ENDMARKER",
    Name = 1 "NAME",
    Number = 2 "NUMBER",
    String = 3 "STRING",
    Newline = 4 "NEWLINE",
    Indent = 5 "INDENT",
    Dedent = 6 "DEDENT",
    LPar = 7 "LPAR" "(",
    RPar = 8 "RPAR" ")",
    LSqb = 9 "LSQB" "[",
    RSqb = 10 "RSQB" "]",
    Colon = 11 "COLON" ":",
    Comma = 12 "COMMA" ",",
    Semi = 13 "SEMI" ";",
    Plus = 14 "PLUS" "+",
    Minus = 15 "MINUS" "-",
    Star = 16 "STAR" "*",
    Slash = 17 "SLASH" "/",
    VBar = 18 "VBAR" "|",
    Amper = 19 "AMPER" "&",
    Less = 20 "LESS" "<",
    Greater = 21 "GREATER" ">",
    Equal = 22 "EQUAL" "=",
    Dot = 23 "DOT" ".",
    Percent = 24 "PERCENT" "%",
    LBrace = 25 "LBRACE" "{",
    RBrace = 26 "RBRACE" "}",
    EqEqual = 27 "EQEQUAL" "==",
    NotEqual = 28 "NOTEQUAL" "!=",
    LessEqual = 29 "LESSEQUAL" "<=",
    GreaterEqual = 30 "GREATEREQUAL" ">=",
    Tilde = 31 "TILDE" "~",
    Circumflex = 32 "CIRCUMFLEX" "^",
    LeftShift = 33 "LEFTSHIFT" "<<",
    RightShift = 34 "RIGHTSHIFT" ">>",
    DoubleStar = 35 "DOUBLESTAR" "**",
    PlusEqual = 36 "PLUSEQUAL" "+=",
    MinEqual = 37 "MINEQUAL" "-=",
    StarEqual = 38 "STAREQUAL" "*=",
    SlashEqual = 39 "SLASHEQUAL" "/=",
    PercentEqual = 40 "PERCENTEQUAL" "%=",
    AmperEqual = 41 "AMPEREQUAL" "&=",
    VBarEqual = 42 "VBAREQUAL" "|=",
    CircumflexEqual = 43 "CIRCUMFLEXEQUAL" "^=",
    LeftShiftEqual = 44 "LEFTSHIFTEQUAL" "<<=",
    RightShiftEqual = 45 "RIGHTSHIFTEQUAL" ">>=",
    DoubleStarEqual = 46 "DOUBLESTAREQUAL" "**=",
    DoubleSlash = 47 "DOUBLESLASH" "//",
    DoubleSlashEqual = 48 "DOUBLESLASHEQUAL" "//=",
    At = 49 "AT" "@",
    AtEqual = 50 "ATEQUAL" "@=",
    RArrow = 51 "RARROW" "->",
    Ellipsis = 52 "ELLIPSIS" "...",
    ColonEqual = 53 "COLONEQUAL" ":=",
    Exclamation = 54 "EXCLAMATION" "!",
    Op = 55 "OP",
    TypeIgnore = 56 "TYPE_IGNORE",
    TypeComment = 57 "TYPE_COMMENT",
    SoftKeyword = 58 "SOFT_KEYWORD",
    FStringStart = 59 "FSTRING_START",
    FStringMiddle = 60 "FSTRING_MIDDLE",
    FStringEnd = 61 "FSTRING_END",
    TStringStart = 62 "TSTRING_START",
    TStringMiddle = 63 "TSTRING_MIDDLE",
    TStringEnd = 64 "TSTRING_END",
    Comment = 65 "COMMENT",
    Nl = 66 "NL",
    ErrorToken = 67 "ERRORTOKEN",
    Encoding = 68 "ENCODING",
}

impl TokenKind {
    /// Kinds whose position is that of a piece of a string literal: they may span lines.
    #[inline]
    pub const fn is_string_part(self) -> bool {
        matches!(
            self,
            TokenKind::String
                | TokenKind::FStringStart
                | TokenKind::FStringMiddle
                | TokenKind::FStringEnd
                | TokenKind::TStringStart
                | TokenKind::TStringMiddle
                | TokenKind::TStringEnd
        )
    }

    /// Whether a tokenizer that gives all operators one kind (`tokenize.OP`) says `OP` for this one.
    #[inline]
    pub const fn is_operator(self) -> bool {
        (self as u8) > (TokenKind::Dedent as u8) && (self as u8) <= (TokenKind::Op as u8)
    }
}

/// The token that a single character makes. `Op` stands for one that means nothing in Python.
#[inline]
pub(super) const fn one_char(c: u8) -> TokenKind {
    match c {
        b'!' => TokenKind::Exclamation,
        b'%' => TokenKind::Percent,
        b'&' => TokenKind::Amper,
        b'(' => TokenKind::LPar,
        b')' => TokenKind::RPar,
        b'*' => TokenKind::Star,
        b'+' => TokenKind::Plus,
        b',' => TokenKind::Comma,
        b'-' => TokenKind::Minus,
        b'.' => TokenKind::Dot,
        b'/' => TokenKind::Slash,
        b':' => TokenKind::Colon,
        b';' => TokenKind::Semi,
        b'<' => TokenKind::Less,
        b'=' => TokenKind::Equal,
        b'>' => TokenKind::Greater,
        b'@' => TokenKind::At,
        b'[' => TokenKind::LSqb,
        b']' => TokenKind::RSqb,
        b'^' => TokenKind::Circumflex,
        b'{' => TokenKind::LBrace,
        b'|' => TokenKind::VBar,
        b'}' => TokenKind::RBrace,
        b'~' => TokenKind::Tilde,
        _ => TokenKind::Op,
    }
}

/// The token that two characters make, if they make one.
#[inline]
pub(super) const fn two_chars(first: u8, second: u8) -> Option<TokenKind> {
    Some(match (first, second) {
        (b'!', b'=') => TokenKind::NotEqual,
        (b'%', b'=') => TokenKind::PercentEqual,
        (b'&', b'=') => TokenKind::AmperEqual,
        (b'*', b'*') => TokenKind::DoubleStar,
        (b'*', b'=') => TokenKind::StarEqual,
        (b'+', b'=') => TokenKind::PlusEqual,
        (b'-', b'=') => TokenKind::MinEqual,
        (b'-', b'>') => TokenKind::RArrow,
        (b'/', b'/') => TokenKind::DoubleSlash,
        (b'/', b'=') => TokenKind::SlashEqual,
        (b':', b'=') => TokenKind::ColonEqual,
        (b'<', b'<') => TokenKind::LeftShift,
        (b'<', b'=') => TokenKind::LessEqual,
        (b'=', b'=') => TokenKind::EqEqual,
        (b'>', b'=') => TokenKind::GreaterEqual,
        (b'>', b'>') => TokenKind::RightShift,
        (b'@', b'=') => TokenKind::AtEqual,
        (b'^', b'=') => TokenKind::CircumflexEqual,
        (b'|', b'=') => TokenKind::VBarEqual,
        (b'<', b'>') => TokenKind::NotEqual,
        _ => return None,
    })
}

/// The token that a third character makes of a token of two, if it makes one.
#[inline]
pub(super) const fn three_chars(two: TokenKind, third: u8) -> Option<TokenKind> {
    Some(match (two, third) {
        (TokenKind::DoubleStar, b'=') => TokenKind::DoubleStarEqual,
        (TokenKind::DoubleSlash, b'=') => TokenKind::DoubleSlashEqual,
        (TokenKind::LeftShift, b'=') => TokenKind::LeftShiftEqual,
        (TokenKind::RightShift, b'=') => TokenKind::RightShiftEqual,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{TokenKind, one_char, three_chars, two_chars};

    #[test]
    fn numbers_are_dense_and_spellings_are_recognised() {
        for (number, &kind) in TokenKind::ALL.iter().enumerate() {
            assert_eq!(kind as usize, number);
            let Some(spelling) = kind.spelling() else { continue };
            let found = match *spelling.as_bytes() {
                [c] => Some(one_char(c)),
                [a, b] => two_chars(a, b),
                [b'.', b'.', b'.'] => Some(TokenKind::Ellipsis),
                [a, b, c] => two_chars(a, b).and_then(|two| three_chars(two, c)),
                _ => None,
            };
            assert_eq!(found, Some(kind), "{spelling}");
        }
        assert_eq!(TokenKind::ALL.len(), 69);
        assert_eq!(TokenKind::NotEqual.name(), "NOTEQUAL");
    }
}
