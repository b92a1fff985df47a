//! Tokens of content and of markup.
//!
//! A scan reads from one place and never beyond what is there: where the text ends too early it says so, and the token
//! is read anew once more has come.

use super::events::Error;
use super::names::{is_char, is_name, is_name_start, is_space};
use core::ops::Range;

/// Why there is no token.
#[derive(Debug, PartialEq, Eq)]
pub enum Trouble {
    /// More text must come.
    Partial,
    /// What is wrong, and where.
    Bad(Error, usize),
}

pub type Scanned<T> = Result<T, Trouble>;

/// The text being read.
#[derive(Clone, Copy)]
pub struct Cursor<'a> {
    pub text: &'a [u8],
    pub at: usize,
    /// Behind the text come bytes that are no text.
    pub bad: bool,
    /// No more text comes.
    pub is_last: bool,
    /// Colons part prefixes from names.
    pub namespaces: bool,
}

/// A reference in content or in an attribute's value.
#[derive(Debug, PartialEq, Eq)]
pub enum Reference {
    Entity(Range<usize>),
    /// `&#…;`; none where the number is of no character.
    Character(Option<char>),
}

/// An attribute of a start tag.
pub struct TagAttribute {
    pub name: Range<usize>,
    pub value: Range<usize>,
}

/// A start tag.
pub struct Tag {
    pub name: Range<usize>,
    pub attributes: Vec<TagAttribute>,
    pub is_empty: bool,
}

impl<'a> Cursor<'a> {
    pub fn slice(&self, range: &Range<usize>) -> &'a str {
        str::from_utf8(&self.text[range.clone()]).unwrap_or_default()
    }

    pub fn invalid<T>(&self) -> Scanned<T> {
        Err(Trouble::Bad(Error::InvalidToken, self.at))
    }

    /// The next byte.
    pub fn peek(&self) -> Scanned<u8> {
        match self.text.get(self.at) {
            Some(&byte) => Ok(byte),
            None if self.bad => self.invalid(),
            None => Err(Trouble::Partial),
        }
    }

    /// The next character, which a document may hold.
    fn character(&self) -> Scanned<(u32, usize)> {
        let first = self.peek()?;
        if first.is_ascii() {
            return if is_char(u32::from(first)) { Ok((u32::from(first), 1)) } else { self.invalid() };
        }
        let length = match first {
            0xF0.. => 4,
            0xE0.. => 3,
            _ => 2,
        };
        let c = self.text[self.at + 1..self.at + length]
            .iter()
            .fold(u32::from(first) & (0xFF >> (length + 1)), |c, &byte| c << 6 | u32::from(byte & 0x3F));
        if is_char(c) { Ok((c, length)) } else { self.invalid() }
    }

    fn skip_character(&mut self) -> Scanned<u32> {
        let (c, length) = self.character()?;
        self.at += length;
        Ok(c)
    }

    /// Whether a name begins here; its first character is passed.
    fn name_start(&mut self) -> Scanned<bool> {
        let (c, length) = self.character()?;
        let begins = is_name_start(c) && !(self.namespaces && c == u32::from(b':'));
        if begins {
            self.at += length;
        }
        Ok(begins)
    }

    /// Passes one character of a name, if one is here.
    fn name_part(&mut self) -> Scanned<bool> {
        let (c, length) = self.character()?;
        let belongs = is_name(c) && !(self.namespaces && c == u32::from(b':'));
        if belongs {
            self.at += length;
        }
        Ok(belongs)
    }

    /// A name without prefix.
    pub fn plain_name(&mut self) -> Scanned<Range<usize>> {
        let start = self.at;
        if !self.name_start()? {
            return self.invalid();
        }
        while self.name_part()? {}
        Ok(start..self.at)
    }

    /// The name of an element or attribute, in which one colon may stand.
    fn qualified_name(&mut self) -> Scanned<Range<usize>> {
        let name = self.plain_name()?;
        if !self.namespaces || self.peek()? != b':' {
            return Ok(name);
        }
        self.at += 1;
        let local = self.plain_name()?;
        Ok(name.start..local.end)
    }

    pub fn skip_spaces(&mut self) -> Scanned<()> {
        while is_space(self.peek()?) {
            self.at += 1;
        }
        Ok(())
    }

    fn expect(&mut self, byte: u8) -> Scanned<()> {
        if self.peek()? != byte {
            return self.invalid();
        }
        self.at += 1;
        Ok(())
    }

    /// `&…;`, from the ampersand.
    pub fn reference(&mut self) -> Scanned<Reference> {
        self.at += 1;
        if self.peek()? != b'#' {
            let name = self.plain_name()?;
            self.expect(b';')?;
            return Ok(Reference::Entity(name));
        }
        self.at += 1;
        let (base, is_digit): (u32, fn(&u8) -> bool) = match self.peek()? {
            b'x' => {
                self.at += 1;
                (16, u8::is_ascii_hexdigit)
            }
            _ => (10, u8::is_ascii_digit),
        };
        let start = self.at;
        if !is_digit(&self.peek()?) {
            return self.invalid();
        }
        while is_digit(&self.peek()?) {
            self.at += 1;
        }
        let digits = start..self.at;
        self.expect(b';')?;
        let number = u32::from_str_radix(self.slice(&digits), base).ok();
        Ok(Reference::Character(number.filter(|&number| is_char(number)).and_then(char::from_u32)))
    }

    /// `<!--…-->`, from behind `<!-`; gives the text.
    pub fn comment(&mut self) -> Scanned<Range<usize>> {
        self.expect(b'-')?;
        let start = self.at;
        loop {
            if self.skip_character()? == u32::from(b'-') && self.peek()? == b'-' {
                self.at += 1;
                let end = self.at - 2;
                self.expect(b'>')?;
                return Ok(start..end);
            }
        }
    }

    /// `<?…?>`, from behind `<?`; gives target and data. The target `xml` is left to the caller.
    pub fn instruction(&mut self) -> Scanned<(Range<usize>, Range<usize>)> {
        let target = self.plain_name()?;
        let named = self.slice(&target);
        if named.eq_ignore_ascii_case("xml") && named != "xml" {
            return self.invalid();
        }
        if self.peek()? == b'?' {
            self.at += 1;
            let nothing = self.at - 1..self.at - 1;
            self.expect(b'>')?;
            return Ok((target, nothing));
        }
        if !is_space(self.peek()?) {
            return self.invalid();
        }
        self.at += 1;
        let mut start = self.at;
        loop {
            let at = self.at;
            let c = self.skip_character()?;
            if c == u32::from(b'?') && self.peek()? == b'>' {
                self.at += 1;
                return Ok((target, start.min(at)..at));
            }
            if start == at && c < 0x80 && is_space(c as u8) {
                start = self.at;
            }
        }
    }

    /// `</…>`, from behind `</`; gives the name.
    pub fn end_tag(&mut self) -> Scanned<Range<usize>> {
        let name = self.qualified_name()?;
        self.skip_spaces()?;
        self.expect(b'>')?;
        Ok(name)
    }

    /// A start tag, from behind `<`.
    pub fn start_tag(&mut self) -> Scanned<Tag> {
        let name = self.qualified_name()?;
        let mut attributes = Vec::new();
        loop {
            let spaced = is_space(self.peek()?);
            self.skip_spaces()?;
            match self.peek()? {
                b'>' => {
                    self.at += 1;
                    return Ok(Tag { name, attributes, is_empty: false });
                }
                b'/' => {
                    self.at += 1;
                    self.expect(b'>')?;
                    return Ok(Tag { name, attributes, is_empty: true });
                }
                _ if spaced => attributes.push(self.tag_attribute()?),
                _ => return self.invalid(),
            }
        }
    }

    fn tag_attribute(&mut self) -> Scanned<TagAttribute> {
        let name = self.qualified_name()?;
        self.skip_spaces()?;
        self.expect(b'=')?;
        self.skip_spaces()?;
        let quote = self.peek()?;
        if !matches!(quote, b'"' | b'\'') {
            return self.invalid();
        }
        self.at += 1;
        let start = self.at;
        loop {
            match self.peek()? {
                byte if byte == quote => break,
                b'<' => return self.invalid(),
                b'&' => {
                    self.reference()?;
                }
                _ => {
                    self.skip_character()?;
                }
            }
        }
        let value = start..self.at;
        self.at += 1;
        Ok(TagAttribute { name, value })
    }

    /// Text of an element up to the next markup or line end.
    pub fn text_run(&mut self) -> Scanned<Range<usize>> {
        let start = self.at;
        loop {
            match self.peek() {
                Ok(b'<' | b'&' | b'\n' | b'\r') => break,
                Ok(b']') => {
                    let rest = &self.text[self.at..];
                    if rest.starts_with(b"]]>") {
                        self.at += 2;
                        return self.invalid();
                    }
                    let may_end = !self.is_last && (rest == b"]" || rest == b"]]");
                    if may_end && self.at == start {
                        return Err(Trouble::Partial);
                    }
                    if may_end {
                        break;
                    }
                    self.at += 1;
                }
                Err(trouble) if self.at == start => return Err(trouble),
                Err(_) => break,
                Ok(_) => match self.character() {
                    Ok((_, length)) => self.at += length,
                    Err(trouble) if self.at == start => return Err(trouble),
                    Err(_) => break,
                },
            }
        }
        Ok(start..self.at)
    }

    /// Text of a CDATA section up to the next bracket or line end.
    pub fn cdata_run(&mut self) -> Scanned<Range<usize>> {
        let start = self.at;
        loop {
            match self.peek() {
                Ok(b'\n' | b'\r') => break,
                Ok(b']') if self.at > start => break,
                _ => match self.character() {
                    Ok((_, length)) => self.at += length,
                    Err(trouble) if self.at == start => return Err(trouble),
                    Err(_) => break,
                },
            }
        }
        Ok(start..self.at)
    }

    /// A line end, of which there is at least the first character.
    pub fn newline(&mut self) -> Scanned<()> {
        let first = self.peek()?;
        self.at += 1;
        if first == b'\r' {
            match self.peek() {
                Ok(b'\n') => self.at += 1,
                Err(Trouble::Partial) if !self.is_last => return Err(Trouble::Partial),
                _ => {}
            }
        }
        Ok(())
    }
}

/// A token of the prolog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    Space,
    Comment,
    Instruction,
    XmlDeclaration,
    /// The root element begins.
    Instance,
    /// `<!NAME`
    Open,
    /// `>`
    Close,
    /// `[`
    Bracket,
    /// `]`
    CloseBracket,
    /// `<![`
    Section,
    /// `]]>`
    CloseSection,
    Literal,
    Name,
    PrefixedName,
    Nmtoken,
    /// `#NAME`
    PoundName,
    NameOptional,
    NameAny,
    NameSome,
    /// `%` before a blank.
    Percent,
    /// `%NAME;`
    ParameterReference,
    Paren,
    CloseParen,
    CloseParenOptional,
    CloseParenAny,
    CloseParenSome,
    Or,
    Comma,
}

impl Cursor<'_> {
    /// Whether one of these bytes or a blank is next; where the text ends there for good, that too.
    fn ends_with(&self, bytes: &[u8]) -> Scanned<bool> {
        match self.peek() {
            Ok(byte) => Ok(is_space(byte) || bytes.contains(&byte)),
            Err(Trouble::Partial) if self.is_last => Ok(true),
            Err(trouble) => Err(trouble),
        }
    }

    /// The next token of the prolog.
    pub fn prolog_token(&mut self) -> Scanned<Token> {
        let single = |cursor: &mut Self, token| {
            cursor.at += 1;
            Ok(token)
        };
        match self.peek()? {
            quote @ (b'"' | b'\'') => self.literal(quote),
            b'<' => self.markup(),
            byte if is_space(byte) => self.spaces(),
            b'%' => self.percent(),
            b',' => single(self, Token::Comma),
            b'[' => single(self, Token::Bracket),
            b'(' => single(self, Token::Paren),
            b'|' => single(self, Token::Or),
            b'>' => single(self, Token::Close),
            b']' => self.closing_bracket(),
            b')' => self.closing_paren(),
            b'#' => {
                self.at += 1;
                if !self.name_start()? {
                    return self.invalid();
                }
                while !self.ends_with(b")>%|")? {
                    if !self.name_part()? {
                        return self.invalid();
                    }
                }
                Ok(Token::PoundName)
            }
            _ => self.word(),
        }
    }

    fn literal(&mut self, quote: u8) -> Scanned<Token> {
        self.at += 1;
        while self.skip_character()? != u32::from(quote) {}
        if self.ends_with(b">%[")? { Ok(Token::Literal) } else { self.invalid() }
    }

    fn spaces(&mut self) -> Scanned<Token> {
        while self.peek().is_ok_and(is_space) {
            self.at += 1;
        }
        // A carriage return at the end may be half of a line end.
        if self.at == self.text.len() && self.text.ends_with(b"\r") && !self.is_last {
            self.at -= 1;
            if self.at == 0 || !is_space(self.text[self.at - 1]) {
                return Err(Trouble::Partial);
            }
        }
        Ok(Token::Space)
    }

    fn markup(&mut self) -> Scanned<Token> {
        self.at += 1;
        match self.peek()? {
            b'?' => {
                self.at += 1;
                let (target, _) = self.instruction()?;
                Ok(if self.slice(&target) == "xml" { Token::XmlDeclaration } else { Token::Instruction })
            }
            b'!' => {
                self.at += 1;
                match self.peek()? {
                    b'-' => {
                        self.at += 1;
                        self.comment().map(|_| Token::Comment)
                    }
                    b'[' => {
                        self.at += 1;
                        Ok(Token::Section)
                    }
                    _ => self.opening(),
                }
            }
            _ => {
                let start = self.at;
                if !self.name_start()? {
                    return self.invalid();
                }
                self.at = start - 1;
                Ok(Token::Instance)
            }
        }
    }

    /// The keyword behind `<!`.
    fn opening(&mut self) -> Scanned<Token> {
        let is_letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
        if !is_letter(self.peek()?) {
            return self.invalid();
        }
        while is_letter(self.peek()?) {
            self.at += 1;
        }
        match self.peek()? {
            byte if is_space(byte) => Ok(Token::Open),
            b'%' => {
                let percent = self.at;
                self.at += 1;
                let follower = self.peek()?;
                self.at = percent;
                if is_space(follower) || follower == b'%' { self.invalid() } else { Ok(Token::Open) }
            }
            _ => self.invalid(),
        }
    }

    fn percent(&mut self) -> Scanned<Token> {
        self.at += 1;
        let next = self.peek()?;
        if is_space(next) || next == b'%' {
            return Ok(Token::Percent);
        }
        self.plain_name()?;
        self.expect(b';')?;
        Ok(Token::ParameterReference)
    }

    fn closing_bracket(&mut self) -> Scanned<Token> {
        self.at += 1;
        let rest = &self.text[self.at..];
        if rest.starts_with(b"]>") {
            self.at += 2;
            return Ok(Token::CloseSection);
        }
        if !self.is_last && (rest.is_empty() || rest == b"]") {
            return Err(Trouble::Partial);
        }
        Ok(Token::CloseBracket)
    }

    fn closing_paren(&mut self) -> Scanned<Token> {
        self.at += 1;
        let token = match self.peek() {
            Ok(b'?') => Token::CloseParenOptional,
            Ok(b'*') => Token::CloseParenAny,
            Ok(b'+') => Token::CloseParenSome,
            _ if self.ends_with(b">,|)")? => return Ok(Token::CloseParen),
            _ => return self.invalid(),
        };
        self.at += 1;
        Ok(token)
    }

    /// A name, or what could stand in a name.
    fn word(&mut self) -> Scanned<Token> {
        let mut token = Token::Name;
        if !self.name_start()? {
            token = Token::Nmtoken;
            if !self.name_part()? {
                if !self.namespaces || self.peek()? != b':' {
                    return self.invalid();
                }
                self.at += 1;
            }
        }
        loop {
            if self.ends_with(b">),|[%")? {
                return Ok(token);
            }
            if self.name_part()? {
                continue;
            }
            let repeated = match self.peek()? {
                b':' if self.namespaces => {
                    self.at += 1;
                    token = match token {
                        Token::Name if self.name_part()? => Token::PrefixedName,
                        _ => Token::Nmtoken,
                    };
                    continue;
                }
                b'?' => Token::NameOptional,
                b'*' => Token::NameAny,
                b'+' => Token::NameSome,
                _ => return self.invalid(),
            };
            if token == Token::Nmtoken {
                return self.invalid();
            }
            self.at += 1;
            return Ok(repeated);
        }
    }
}
