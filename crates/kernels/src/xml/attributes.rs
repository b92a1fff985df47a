//! Attribute values, and names in their namespaces.

use super::content::predefined;
use super::events::{Error, Event, EventKind};
use super::parser::{Parser, XML_URI};
use super::scan::{Cursor, Reference, Scanned, Tag, Trouble};
use std::collections::HashSet;

const XMLNS_URI: &str = "http://www.w3.org/2000/xmlns/";

/// An element as the application sees it.
pub struct Resolved {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub specified: usize,
    pub bindings: usize,
}

impl Parser {
    /// The names and attributes of a start tag.
    pub(super) fn resolve(&mut self, cursor: &Cursor<'_>, tag: &Tag) -> Scanned<Resolved> {
        let raw = cursor.slice(&tag.name);
        let rules = self.dtd().attributes.get(raw).cloned().unwrap_or_default();
        let mut seen: HashSet<&str> = HashSet::new();
        let mut attributes: Vec<(String, String)> = Vec::new();
        let mut bindings = 0;
        for attribute in &tag.attributes {
            let name = cursor.slice(&attribute.name);
            if !seen.insert(name) {
                return Err(Trouble::Bad(Error::DuplicateAttribute, attribute.name.start));
            }
            let is_cdata = rules.iter().find(|rule| rule.name == name).is_none_or(|rule| rule.is_cdata);
            let at = self.replacements.is_empty().then_some(attribute.value.start);
            let value = self.attribute_value(cursor.slice(&attribute.value), is_cdata, at)?;
            match self.bound_prefix(name) {
                Some(prefix) => self.bind(prefix, value, &mut bindings)?,
                None => attributes.push((name.to_string(), value)),
            }
        }
        let specified = attributes.len();
        for rule in rules.iter().filter(|rule| !seen.contains(rule.name.as_str())) {
            let Some(value) = rule.default.clone() else { continue };
            match self.bound_prefix(&rule.name) {
                Some(prefix) => self.bind(prefix, value, &mut bindings)?,
                None => attributes.push((rule.name.clone(), value)),
            }
        }
        let name = self.expanded(raw, true)?;
        if self.namespaces.is_some() {
            let mut expanded = HashSet::new();
            for (name, _) in &mut attributes {
                if let Some((prefix, local)) = name.split_once(':') {
                    let uri = self.uri_of(prefix).unwrap_or_default().to_string();
                    if !expanded.insert((uri, local.to_string())) {
                        return Err(Trouble::Bad(Error::DuplicateAttribute, self.event_at));
                    }
                    *name = self.expanded(name, false)?;
                }
            }
        }
        Ok(Resolved { name, attributes, specified, bindings })
    }

    /// The prefix that an attribute binds, if it is such a declaration.
    fn bound_prefix<'a>(&self, name: &'a str) -> Option<&'a str> {
        self.namespaces.as_ref()?;
        match name.split_once(':') {
            Some(("xmlns", prefix)) => Some(prefix),
            None if name == "xmlns" => Some(""),
            _ => None,
        }
    }

    fn uri_of(&self, prefix: &str) -> Option<&str> {
        let bound = self.bindings.iter().rev().find(|(known, _)| known == prefix)?;
        (!bound.1.is_empty()).then_some(&bound.1)
    }

    /// Binds a prefix for the element that begins.
    fn bind(&mut self, prefix: &str, uri: String, count: &mut usize) -> Scanned<()> {
        let bad = |error| Err(Trouble::Bad(error, self.event_at));
        if uri.is_empty() && !prefix.is_empty() {
            return bad(Error::UndeclaredPrefix);
        }
        match prefix {
            "xmlns" => return bad(Error::ReservedXmlns),
            "xml" if uri != XML_URI => return bad(Error::ReservedXml),
            "xml" => {}
            _ if uri == XML_URI || uri == XMLNS_URI => return bad(Error::ReservedNamespace),
            _ => {}
        }
        // A separator in the URI would make names ambiguous, unless it is one that URIs are made of.
        let is_of_uri = |c: char| c.is_ascii_alphanumeric() || "%-._~:/?#[]@!$&'()*+,;=".contains(c);
        let separator = self.namespaces.as_ref().and_then(|separator| separator.chars().next());
        if separator.is_some_and(|c| !is_of_uri(c) && uri.contains(c)) {
            return bad(Error::Syntax);
        }
        if self.wants(EventKind::StartNamespace) {
            let some = |text: &str| (!text.is_empty()).then(|| text.to_string());
            self.tell(Event::StartNamespace { prefix: some(prefix), uri: some(&uri) });
        }
        self.bindings.push((prefix.to_string(), uri));
        *count += 1;
        Ok(())
    }

    /// A name with the URI of its prefix.
    fn expanded(&self, name: &str, has_default: bool) -> Scanned<String> {
        let Some(separator) = &self.namespaces else { return Ok(name.to_string()) };
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        match self.uri_of(prefix) {
            Some(uri) if has_default || !prefix.is_empty() => {
                let mut text = format!("{uri}{separator}{local}");
                if self.gives_prefixes && !prefix.is_empty() {
                    text.push_str(separator);
                    text.push_str(prefix);
                }
                Ok(text)
            }
            _ if prefix.is_empty() => Ok(name.to_string()),
            _ => Err(Trouble::Bad(Error::UnboundPrefix, self.event_at)),
        }
    }

    /// An attribute's value as the application sees it: references replaced, blanks made spaces.
    pub(super) fn attribute_value(
        &mut self,
        raw: &str,
        is_cdata: bool,
        at: Option<usize>,
    ) -> Scanned<String> {
        let mut value = String::new();
        self.append_value(raw, is_cdata, at, &mut value)?;
        if !is_cdata && value.ends_with(' ') {
            value.pop();
        }
        Ok(value)
    }

    /// Appends to a value. `at` is where the text lies in the document, if it does.
    fn append_value(
        &mut self,
        raw: &str,
        is_cdata: bool,
        at: Option<usize>,
        value: &mut String,
    ) -> Scanned<()> {
        let plain = |c: char| !matches!(c, '&' | '<' | ' ' | '\t' | '\r' | '\n');
        let push = |value: &mut String, c: char| {
            if c != ' ' || is_cdata || !(value.is_empty() || value.ends_with(' ')) {
                value.push(c);
            }
        };
        let text = raw.as_bytes();
        let mut index = 0;
        while index < raw.len() {
            let run = raw[index..].find(|c| !plain(c)).unwrap_or(raw.len() - index);
            value.push_str(&raw[index..index + run]);
            index += run;
            let here = at.map_or(self.event_at, |at| at + index);
            match text.get(index) {
                None => break,
                Some(b'<') => return Err(Trouble::Bad(Error::InvalidToken, here)),
                Some(b'&') => {
                    let mut cursor = Cursor {
                        text,
                        at: index,
                        bad: false,
                        is_last: true,
                        namespaces: self.namespaces.is_some(),
                    };
                    let reference =
                        cursor.reference().map_err(|_| Trouble::Bad(Error::InvalidToken, here))?;
                    index = cursor.at;
                    match reference {
                        Reference::Character(None) => {
                            return Err(Trouble::Bad(Error::BadCharacterReference, here));
                        }
                        Reference::Character(Some(c)) => push(value, c),
                        Reference::Entity(name) => match predefined(cursor.slice(&name)) {
                            Some(c) => value.push(c),
                            None => self.append_entity(cursor.slice(&name), is_cdata, here, value)?,
                        },
                    }
                }
                Some(b'\r') if text.get(index + 1) == Some(&b'\n') => {
                    push(value, ' ');
                    index += 2;
                }
                Some(_) => {
                    push(value, ' ');
                    index += 1;
                }
            }
        }
        Ok(())
    }

    /// Appends an entity's replacement text to a value.
    fn append_entity(&mut self, name: &str, is_cdata: bool, here: usize, value: &mut String) -> Scanned<()> {
        let bad = |error| Err(Trouble::Bad(error, here));
        let (complete, entity) = {
            let dtd = self.dtd();
            (dtd.is_complete(), dtd.general.get(name).cloned())
        };
        let Some(entity) = entity else {
            // It may be declared where nobody looked.
            return if complete { bad(Error::UndefinedEntity) } else { Ok(()) };
        };
        if complete && !entity.is_internal {
            return bad(Error::DeclaredInParameterEntity);
        }
        if self.is_open(name, false) {
            return bad(Error::RecursiveReference);
        }
        if entity.notation.is_some() {
            return bad(Error::BinaryReference);
        }
        let Some(text) = entity.value else { return bad(Error::ExternalInAttribute) };
        self.count_indirect(text.len())?;
        self.open_entities.push(name.to_string());
        let appended = self.append_value(&text, is_cdata, None, value);
        self.open_entities.pop();
        appended
    }
}
