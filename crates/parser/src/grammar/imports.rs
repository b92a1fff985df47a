//! `import` and `from … import`.

use taipan_ast::{Alias, Location, StmtKind};

use super::keywords::Keyword;
use super::{Parsed, Parser, Refused};
use crate::tokens::TokenKind;

impl<'a> Parser<'a, '_> {
    pub(super) fn import_name(&mut self) -> Parsed<StmtKind<'a>> {
        self.expect_keyword(Keyword::Import)?;
        let mut names = Vec::new();
        loop {
            let (name, start) = self.dotted_name()?;
            let asname = self.as_name()?;
            names.push(Alias { name, asname, loc: self.since(start) });
            if !self.eat(TokenKind::Comma)? {
                break;
            }
        }
        Ok(StmtKind::Import { names: self.arena.slice(&names) })
    }

    /// `a.b.c` as one name.
    fn dotted_name(&mut self) -> Parsed<(&'a str, Location)> {
        let (first, start) = self.name()?;
        if !self.at(TokenKind::Dot) {
            return Ok((first, start));
        }
        let mut dotted = first.to_owned();
        while self.eat(TokenKind::Dot)? {
            dotted.push('.');
            dotted.push_str(self.name()?.0);
        }
        Ok((self.arena.str(&dotted), start))
    }

    fn as_name(&mut self) -> Parsed<Option<&'a str>> {
        if self.eat_keyword(Keyword::As)? { Ok(Some(self.name()?.0)) } else { Ok(None) }
    }

    pub(super) fn import_from(&mut self) -> Parsed<StmtKind<'a>> {
        self.expect_keyword(Keyword::From)?;
        let mut level = 0;
        loop {
            match self.current.kind {
                TokenKind::Dot => level += 1,
                TokenKind::Ellipsis => level += 3,
                _ => break,
            }
            self.bump()?;
        }
        let module =
            if level > 0 && self.at_keyword(Keyword::Import) { None } else { Some(self.dotted_name()?.0) };
        self.expect_keyword(Keyword::Import)?;
        let names = if self.at(TokenKind::Star) {
            let loc = self.bump()?.loc;
            vec![Alias { name: "*", asname: None, loc }]
        } else if self.eat(TokenKind::LPar)? {
            let names = self.import_from_names(true)?;
            self.expect(TokenKind::RPar)?;
            names
        } else {
            self.import_from_names(false)?
        };
        if module == Some("__future__")
            && level == 0
            && names.iter().any(|alias| alias.name == "barry_as_FLUFL")
        {
            self.flufl = true;
            self.buffer.tokenizer.set_diamond(true);
        }
        Ok(StmtKind::ImportFrom { module, names: self.arena.slice(&names), level })
    }

    fn import_from_names(&mut self, parenthesised: bool) -> Parsed<Vec<Alias<'a>>> {
        let mut names = Vec::new();
        loop {
            let (name, start) = self.name()?;
            let asname = self.as_name()?;
            names.push(Alias { name, asname, loc: self.since(start) });
            if !self.eat(TokenKind::Comma)? {
                return Ok(names);
            }
            if self.at(TokenKind::RPar) {
                return if parenthesised { Ok(names) } else { Err(Refused) };
            }
        }
    }
}
