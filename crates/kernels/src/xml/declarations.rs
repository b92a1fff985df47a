//! The document type declaration and what is declared in it, token by token.

use super::content::{place, unified};
use super::dtd::{AttributeRule, Entity};
use super::events::{Error, Event, EventKind, Part, Quantity, Shape};
use super::parser::{ParameterEntities, Parser};
use super::scan::{Cursor, Reference, Scanned, Token, Trouble};
use std::rc::Rc;

/// What may come next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// Before the document type declaration.
    #[default]
    Misc,
    /// Behind it.
    AfterDoctype,
    DoctypeName,
    DoctypeId,
    DoctypePublic,
    DoctypeSystem,
    DoctypeEnd,
    /// Between declarations.
    Subset,
    SubsetEnd,
    EntityName,
    ParameterName,
    EntityValue,
    EntityPublic,
    EntitySystem,
    EntityNotation,
    EntityNotationName,
    EntityEnd,
    NotationName,
    NotationId,
    NotationPublic,
    NotationSystem,
    NotationOptionalSystem,
    NotationEnd,
    AttlistElement,
    AttributeName,
    AttributeType,
    /// A value of an enumeration.
    Enumerated,
    EnumeratedNext,
    NotationsOpen,
    AttributeDefault,
    AttributeFixed,
    ElementName,
    ElementModel,
    ElementFirst,
    MixedNext,
    MixedName,
    GroupPart,
    GroupNext,
    ElementEnd,
    Section,
    SectionIncluded,
    SectionIgnored,
    /// Within a section that is passed over.
    Ignore,
}

impl State {
    /// Whether this is outside of the document type declaration.
    pub fn is_outside(self) -> bool {
        matches!(self, State::Misc | State::AfterDoctype)
    }

    /// Whether comments and processing instructions may stand here.
    pub fn allows_misc(self) -> bool {
        self.is_outside() || self == State::Subset
    }
}

/// What is being declared.
#[derive(Default)]
pub struct Declaration {
    pub state: State,
    /// How many included sections are open.
    pub sections: usize,
    /// How many ignored ones.
    ignored: usize,
    name: String,
    system: Option<String>,
    public: Option<String>,
    is_parameter: bool,
    notation: Option<String>,
    /// The document type's name and identifiers, until they are told.
    doctype: Option<String>,
    doctype_system: Option<String>,
    doctype_public: Option<String>,
    attribute: String,
    kind: String,
    /// Groups of the content model that are open.
    groups: Vec<Group>,
    model: Vec<Part>,
}

/// External declarations that the caller was asked for.
#[derive(Default)]
pub struct Reading {
    /// The document type declaration ends with them.
    ends_doctype: bool,
}

/// A group of a content model.
struct Group {
    shape: Shape,
    parts: usize,
    /// What parts its parts.
    separator: Option<Token>,
}

impl Group {
    fn new(shape: Shape) -> Group {
        Group { shape, parts: 0, separator: None }
    }
}

impl Parser {
    fn syntax<T>(&self, start: usize, token: Token) -> Scanned<T> {
        let error = match token {
            Token::ParameterReference => Error::ParameterReference,
            Token::XmlDeclaration => Error::MisplacedDeclaration,
            _ => Error::Syntax,
        };
        Err(Trouble::Bad(error, start))
    }

    /// The kind of event that the declaration being read leads to.
    fn kind_of_state(&self) -> Option<EventKind> {
        use State::*;
        Some(match self.declaration.state {
            DoctypeName | DoctypeId | DoctypePublic | DoctypeSystem | DoctypeEnd | SubsetEnd => {
                EventKind::StartDoctype
            }
            EntityName | ParameterName | EntityValue | EntityPublic | EntitySystem | EntityNotation
            | EntityNotationName | EntityEnd => EventKind::Entity,
            NotationName
            | NotationId
            | NotationPublic
            | NotationSystem
            | NotationOptionalSystem
            | NotationEnd => EventKind::Notation,
            AttlistElement | AttributeName | AttributeType | Enumerated | EnumeratedNext | NotationsOpen
            | AttributeDefault | AttributeFixed => EventKind::Attribute,
            ElementName | ElementModel | ElementFirst | MixedNext | MixedName | GroupPart | GroupNext
            | ElementEnd => EventKind::Element,
            _ => return None,
        })
    }

    /// Takes in a token of the prolog.
    pub(super) fn declare(&mut self, cursor: &Cursor<'_>, start: usize, token: Token) -> Scanned<()> {
        let text = cursor.slice(&(start..cursor.at));
        let before = self.kind_of_state();
        if token == Token::ParameterReference && !self.declaration.state.is_outside() {
            let between = self.declaration.state == State::Subset;
            if between || self.in_child {
                return self.parameter_reference(text, start, between);
            }
        }
        let told = self.told();
        if token != Token::Space {
            self.step(text, start, token)?;
        }
        let handled = [before, self.kind_of_state()].into_iter().flatten().any(|kind| self.wants(kind));
        if !handled && self.told() == told {
            self.tell_default(text);
        }
        Ok(())
    }

    fn step(&mut self, text: &str, start: usize, token: Token) -> Scanned<()> {
        use State::*;
        match self.declaration.state {
            Misc | AfterDoctype | DoctypeName | DoctypeId | DoctypePublic | DoctypeSystem | DoctypeEnd
            | SubsetEnd => self.step_doctype(text, start, token),
            Subset | Section | SectionIncluded | SectionIgnored | Ignore => {
                self.step_subset(text, start, token)
            }
            EntityName | ParameterName | EntityValue | EntityPublic | EntitySystem | EntityNotation
            | EntityNotationName | EntityEnd => self.step_entity(text, start, token),
            NotationName
            | NotationId
            | NotationPublic
            | NotationSystem
            | NotationOptionalSystem
            | NotationEnd => self.step_notation(text, start, token),
            AttlistElement | AttributeName | AttributeType | Enumerated | EnumeratedNext | NotationsOpen
            | AttributeDefault | AttributeFixed => self.step_attlist(text, start, token),
            ElementName | ElementModel | ElementFirst | MixedNext | MixedName | GroupPart | GroupNext
            | ElementEnd => self.step_element(text, start, token),
        }
    }

    fn step_doctype(&mut self, text: &str, start: usize, token: Token) -> Scanned<()> {
        use State::*;
        let state = self.declaration.state;
        self.declaration.state = match (state, token) {
            (Misc, Token::Open) if text == "<!DOCTYPE" => DoctypeName,
            (Misc | AfterDoctype, _) => return self.syntax(start, token),
            (DoctypeName, Token::Name | Token::PrefixedName) => {
                self.declaration.doctype = Some(text.to_string());
                DoctypeId
            }
            (DoctypeId, Token::Name) if text == "SYSTEM" => DoctypeSystem,
            (DoctypeId, Token::Name) if text == "PUBLIC" => DoctypePublic,
            (DoctypePublic, Token::Literal) => {
                self.declaration.doctype_public = Some(public_id(text, start)?);
                DoctypeSystem
            }
            (DoctypeSystem, Token::Literal) => {
                self.declaration.doctype_system = Some(unquoted(text).to_string());
                self.dtd_mut().has_parameter_references = true;
                let standalone = self.dtd().standalone;
                if !standalone && self.parameter_entities == ParameterEntities::Never {
                    self.tell_if(EventKind::NotStandalone, || Event::NotStandalone);
                }
                DoctypeEnd
            }
            (DoctypeId | DoctypeEnd, Token::Bracket) => {
                self.tell_doctype(true);
                Subset
            }
            (DoctypeId | DoctypeEnd | SubsetEnd, Token::Close) => {
                self.tell_doctype(false);
                if self.declaration.doctype_system.is_some() || self.uses_foreign_dtd {
                    self.ask_for_subset();
                }
                match &mut self.reading {
                    Some(reading) => reading.ends_doctype = true,
                    None => self.tell_if(EventKind::EndDoctype, || Event::EndDoctype),
                }
                AfterDoctype
            }
            _ => return self.syntax(start, token),
        };
        Ok(())
    }

    fn tell_if(&mut self, kind: EventKind, event: impl FnOnce() -> Event) {
        if self.wants(kind) {
            self.tell(event());
        }
    }

    fn tell_doctype(&mut self, has_subset: bool) {
        let Some(name) = self.declaration.doctype.take() else { return };
        let system = self.declaration.doctype_system.clone();
        let public = self.declaration.doctype_public.clone();
        self.tell_if(EventKind::StartDoctype, || Event::StartDoctype { name, system, public, has_subset });
    }

    /// Asks for the external subset.
    pub(super) fn ask_for_subset(&mut self) {
        self.dtd_mut().has_parameter_references = true;
        if self.parameter_entities == ParameterEntities::Never || !self.wants(EventKind::ExternalEntity) {
            return;
        }
        let system = self.declaration.doctype_system.clone();
        let public = self.declaration.doctype_public.clone();
        self.ask_for_declarations(system, public);
    }

    fn ask_for_declarations(&mut self, system: Option<String>, public: Option<String>) {
        self.dtd_mut().was_read = false;
        self.reading = Some(Reading::default());
        let place = place(self.base.as_ref(), system, public);
        self.tell(Event::ExternalEntity { context: None, place });
    }

    /// Goes on after external declarations were asked for. What nobody read might have mattered to what follows.
    pub(super) fn finish_reading(&mut self) {
        let Some(reading) = self.reading.take() else { return };
        let (standalone, was_read) = (self.dtd().standalone, self.dtd().was_read);
        if !was_read && !reading.ends_doctype {
            self.dtd_mut().keeps_processing = standalone;
        }
        if was_read && !standalone {
            self.tell_if(EventKind::NotStandalone, || Event::NotStandalone);
        }
        if reading.ends_doctype {
            self.tell_if(EventKind::EndDoctype, || Event::EndDoctype);
        }
    }

    fn step_subset(&mut self, text: &str, start: usize, token: Token) -> Scanned<()> {
        use State::*;
        let in_document = !self.in_child && self.replacements.is_empty();
        self.declaration.state = match (self.declaration.state, token) {
            (Subset, Token::Open) => {
                self.declaration.system = None;
                self.declaration.public = None;
                match text {
                    "<!ENTITY" => EntityName,
                    "<!ATTLIST" => AttlistElement,
                    "<!ELEMENT" => ElementName,
                    "<!NOTATION" => NotationName,
                    _ => return self.syntax(start, token),
                }
            }
            (Subset, Token::CloseBracket) if in_document => SubsetEnd,
            (Subset, Token::Section) if self.in_child => Section,
            (Subset, Token::CloseSection) if self.declaration.sections > 0 => {
                self.declaration.sections -= 1;
                Subset
            }
            (Section, Token::Name) if text == "INCLUDE" => SectionIncluded,
            (Section, Token::Name) if text == "IGNORE" => SectionIgnored,
            (SectionIncluded, Token::Bracket) => {
                self.declaration.sections += 1;
                Subset
            }
            (SectionIgnored, Token::Bracket) => {
                self.declaration.ignored = 1;
                Ignore
            }
            _ => return self.syntax(start, token),
        };
        Ok(())
    }

    /// Passes over an ignored section.
    pub(super) fn skip_ignored(&mut self, mut cursor: Cursor<'_>) -> Scanned<bool> {
        let start = cursor.at;
        while self.declaration.ignored > 0 {
            let rest = &cursor.text[cursor.at..];
            cursor.peek()?;
            if rest.starts_with(b"]]>") {
                self.declaration.ignored -= 1;
                cursor.at += 3;
            } else if rest.starts_with(b"<![") {
                self.declaration.ignored += 1;
                cursor.at += 3;
            } else if rest.len() < 3 && !cursor.is_last {
                break;
            } else {
                cursor.at += 1;
            }
        }
        if self.declaration.ignored > 0 {
            self.declaration.ignored = 1;
            return Err(Trouble::Partial);
        }
        self.advance(cursor.at);
        self.tell_default(cursor.slice(&(start..cursor.at)));
        self.declaration.state = State::Subset;
        Ok(true)
    }

    fn step_entity(&mut self, text: &str, start: usize, token: Token) -> Scanned<()> {
        use State::*;
        let is_parameter = self.declaration.is_parameter;
        self.declaration.state = match (self.declaration.state, token) {
            (EntityName, Token::Percent) => ParameterName,
            (state @ (EntityName | ParameterName), Token::Name) => {
                self.declaration.name = text.to_string();
                self.declaration.is_parameter = state == ParameterName;
                self.declaration.notation = None;
                EntityValue
            }
            (EntityValue, Token::Name) if text == "SYSTEM" => EntitySystem,
            (EntityValue, Token::Name) if text == "PUBLIC" => EntityPublic,
            (EntityValue, Token::Literal) => {
                let value = self.entity_value(unquoted(text), start + 1)?;
                self.declare_entity(Some(value));
                EntityEnd
            }
            (EntityPublic, Token::Literal) => {
                self.declaration.public = Some(public_id(text, start)?);
                EntitySystem
            }
            (EntitySystem, Token::Literal) => {
                self.declaration.system = Some(unquoted(text).to_string());
                EntityNotation
            }
            (EntityNotation, Token::Close) => {
                self.declare_entity(None);
                Subset
            }
            (EntityNotation, Token::Name) if text == "NDATA" && !is_parameter => EntityNotationName,
            (EntityNotationName, Token::Name) => {
                self.declaration.notation = Some(text.to_string());
                self.declare_entity(None);
                EntityEnd
            }
            (EntityEnd, Token::Close) => Subset,
            _ => return self.syntax(start, token),
        };
        Ok(())
    }

    /// Takes in an entity; the first declaration counts.
    fn declare_entity(&mut self, value: Option<String>) {
        let Declaration { name, system, public, is_parameter, notation, .. } = &self.declaration;
        let (name, is_parameter, notation) = (name.clone(), *is_parameter, notation.clone());
        let place = place(self.base.as_ref(), system.clone(), public.clone());
        let is_internal = !self.in_child && self.replacements.is_empty();
        if !self.dtd().keeps_processing || !is_parameter && super::content::predefined(&name).is_some() {
            return;
        }
        let place = if value.is_some() { place_of_value(&place) } else { place };
        let entity = Entity {
            value: value.as_deref().map(Rc::from),
            place: place.clone(),
            notation: notation.clone(),
            is_internal,
        };
        let is_new = {
            let mut dtd = self.dtd_mut();
            let known = if is_parameter { &mut dtd.parameter } else { &mut dtd.general };
            let is_new = !known.contains_key(&name);
            if is_new {
                known.insert(name.clone(), entity);
            }
            is_new
        };
        if !is_new {
            return;
        }
        match notation {
            Some(notation) if self.wants(EventKind::UnparsedEntity) => {
                self.tell(Event::UnparsedEntity { name, place, notation });
            }
            notation => {
                self.tell_if(EventKind::Entity, || Event::Entity {
                    name,
                    is_parameter,
                    value,
                    place,
                    notation,
                });
            }
        }
    }

    /// The replacement text of a literal. `at` is where it lies in the document.
    fn entity_value(&mut self, raw: &str, at: usize) -> Scanned<String> {
        let mut value = String::new();
        let text = raw.as_bytes();
        let mut index = 0;
        while index < raw.len() {
            let run = raw[index..].find(['&', '%', '\r']).unwrap_or(raw.len() - index);
            value.push_str(&raw[index..index + run]);
            index += run;
            let bad = |error| Trouble::Bad(error, at + index);
            let mut cursor =
                Cursor { text, at: index, bad: false, is_last: true, namespaces: self.namespaces.is_some() };
            match text.get(index) {
                Some(b'&') => {
                    match cursor.reference().map_err(|_| bad(Error::InvalidToken))? {
                        Reference::Character(None) => return Err(bad(Error::BadCharacterReference)),
                        Reference::Character(Some(c)) => value.push(c),
                        Reference::Entity(_) => value.push_str(&raw[index..cursor.at]),
                    }
                    index = cursor.at;
                }
                Some(b'%') => {
                    let token = cursor.prolog_token().map_err(|_| bad(Error::InvalidToken))?;
                    if token != Token::ParameterReference {
                        return Err(bad(Error::InvalidToken));
                    }
                    if !self.in_child {
                        return Err(bad(Error::ParameterReference));
                    }
                    let name = &raw[index + 1..cursor.at - 1];
                    index = cursor.at;
                    let known = self.dtd().parameter.get(name).and_then(|entity| entity.value.clone());
                    match known {
                        Some(text) if !self.is_open(name, true) => {
                            self.count_indirect(text.len())?;
                            value.push_str(&text);
                        }
                        Some(_) => return Err(Trouble::Bad(Error::RecursiveReference, self.event_at)),
                        None => self.dtd_mut().keeps_processing = false,
                    }
                }
                Some(_) => {
                    value.push('\n');
                    index += if text.get(index + 1) == Some(&b'\n') { 2 } else { 1 };
                }
                None => {}
            }
        }
        Ok(value)
    }

    /// A reference to a parameter entity, between declarations or, in external ones, within.
    fn parameter_reference(&mut self, text: &str, start: usize, between: bool) -> Scanned<()> {
        let name = &text[1..text.len() - 1];
        let standalone = self.dtd().standalone;
        self.dtd_mut().has_parameter_references = true;
        if self.parameter_entities == ParameterEntities::Never {
            self.dtd_mut().keeps_processing = standalone;
            if !standalone {
                self.tell_if(EventKind::NotStandalone, || Event::NotStandalone);
            }
            self.tell_default(text);
            return Ok(());
        }
        let entity = self.dtd().parameter.get(name).cloned();
        let in_document = !self.in_child && self.replacements.is_empty();
        let Some(entity) = entity else {
            if in_document && standalone {
                return Err(Trouble::Bad(Error::UndefinedEntity, start));
            }
            self.dtd_mut().keeps_processing = standalone;
            let skipped = || Event::SkippedEntity { name: name.into(), is_parameter: true };
            match between {
                true => self.tell_or_default(EventKind::SkippedEntity, text, skipped),
                false => self.tell_default(text),
            }
            return Ok(());
        };
        if self.is_open(name, true) {
            return Err(Trouble::Bad(Error::RecursiveReference, start));
        }
        match entity.value {
            Some(value) => self.enter(name, &value, true),
            None if self.wants(EventKind::ExternalEntity) => {
                let (system, public) = (entity.place.system, entity.place.public);
                self.ask_for_declarations(system, public);
                Ok(())
            }
            None => {
                self.dtd_mut().keeps_processing = standalone;
                self.tell_default(text);
                Ok(())
            }
        }
    }

    fn step_notation(&mut self, text: &str, start: usize, token: Token) -> Scanned<()> {
        use State::*;
        self.declaration.state = match (self.declaration.state, token) {
            (NotationName, Token::Name) => {
                self.declaration.name = text.to_string();
                NotationId
            }
            (NotationId, Token::Name) if text == "SYSTEM" => NotationSystem,
            (NotationId, Token::Name) if text == "PUBLIC" => NotationPublic,
            (NotationPublic, Token::Literal) => {
                self.declaration.public = Some(public_id(text, start)?);
                NotationOptionalSystem
            }
            (NotationSystem | NotationOptionalSystem, Token::Literal) => {
                self.declaration.system = Some(unquoted(text).to_string());
                self.tell_notation();
                NotationEnd
            }
            (NotationOptionalSystem, Token::Close) => {
                self.tell_notation();
                Subset
            }
            (NotationEnd, Token::Close) => Subset,
            _ => return self.syntax(start, token),
        };
        Ok(())
    }

    fn tell_notation(&mut self) {
        let Declaration { name, system, public, .. } = &self.declaration;
        let (name, place) = (name.clone(), place(self.base.as_ref(), system.clone(), public.clone()));
        self.tell_if(EventKind::Notation, || Event::Notation { name, place });
    }

    fn step_attlist(&mut self, text: &str, start: usize, token: Token) -> Scanned<()> {
        use State::*;
        let is_name = matches!(token, Token::Name | Token::PrefixedName);
        self.declaration.state = match (self.declaration.state, token) {
            (AttlistElement, _) if is_name => {
                self.declaration.name = text.to_string();
                AttributeName
            }
            (AttributeName, Token::Close) => Subset,
            (AttributeName, _) if is_name => {
                self.declaration.attribute = text.to_string();
                AttributeType
            }
            (AttributeType, Token::Name) if text == "NOTATION" => {
                self.declaration.kind = text.to_string();
                NotationsOpen
            }
            (AttributeType, Token::Name) if TYPES.contains(&text) => {
                self.declaration.kind = text.to_string();
                AttributeDefault
            }
            (AttributeType, Token::Paren) => {
                self.declaration.kind = text.to_string();
                Enumerated
            }
            (NotationsOpen, Token::Paren) => {
                self.declaration.kind.push_str(text);
                Enumerated
            }
            (Enumerated, Token::Name | Token::Nmtoken | Token::PrefixedName) => {
                self.declaration.kind.push_str(text);
                EnumeratedNext
            }
            (EnumeratedNext, Token::Or) => {
                self.declaration.kind.push_str(text);
                Enumerated
            }
            (EnumeratedNext, Token::CloseParen) => {
                self.declaration.kind.push_str(text);
                AttributeDefault
            }
            (AttributeDefault, Token::PoundName) if matches!(text, "#IMPLIED" | "#REQUIRED") => {
                self.declare_attribute(None, text == "#REQUIRED");
                AttributeName
            }
            (AttributeDefault, Token::PoundName) if text == "#FIXED" => AttributeFixed,
            (state @ (AttributeDefault | AttributeFixed), Token::Literal) => {
                let is_cdata = self.declaration.kind == "CDATA";
                let at = self.replacements.is_empty().then_some(start + 1);
                let value = self.attribute_value(unquoted(text), is_cdata, at)?;
                self.declare_attribute(Some(value), state == AttributeFixed);
                AttributeName
            }
            _ => return self.syntax(start, token),
        };
        Ok(())
    }

    fn declare_attribute(&mut self, default: Option<String>, required: bool) {
        if !self.dtd().keeps_processing {
            return;
        }
        let (element, name) = (self.declaration.name.clone(), self.declaration.attribute.clone());
        let kind = self.declaration.kind.clone();
        {
            let mut dtd = self.dtd_mut();
            let rules = dtd.attributes.entry(element.clone()).or_default();
            if !rules.iter().any(|rule| rule.name == name) {
                let default = default.clone();
                rules.push(AttributeRule { name: name.clone(), is_cdata: kind == "CDATA", default });
            }
        }
        self.tell_if(EventKind::Attribute, || Event::Attribute { element, name, kind, default, required });
    }

    fn step_element(&mut self, text: &str, start: usize, token: Token) -> Scanned<()> {
        use State::*;
        self.declaration.state = match (self.declaration.state, token) {
            (ElementName, Token::Name | Token::PrefixedName) => {
                self.declaration.name = text.to_string();
                self.declaration.model.clear();
                self.declaration.groups.clear();
                ElementModel
            }
            (ElementModel, Token::Name) if matches!(text, "EMPTY" | "ANY") => {
                self.declaration.groups.push(Group::new(match text {
                    "ANY" => Shape::Anything,
                    _ => Shape::Empty,
                }));
                self.close_group(Quantity::Once)
            }
            (ElementModel, Token::Paren) => {
                self.declaration.groups.push(Group::new(Shape::Sequence));
                ElementFirst
            }
            (ElementFirst, Token::PoundName) if text == "#PCDATA" => {
                self.declaration.groups = vec![Group::new(Shape::Mixed)];
                MixedNext
            }
            (MixedNext, Token::Or) => MixedName,
            (MixedNext, Token::CloseParenAny) => self.close_group(Quantity::Any),
            (MixedNext, Token::CloseParen) if self.declaration.model.is_empty() => {
                self.close_group(Quantity::Once)
            }
            (MixedName, Token::Name | Token::PrefixedName) => {
                self.add_part(text, Quantity::Once);
                MixedNext
            }
            (ElementFirst | GroupPart, Token::Paren) => {
                self.declaration.groups.push(Group::new(Shape::Sequence));
                GroupPart
            }
            (ElementFirst | GroupPart, Token::Name | Token::PrefixedName) => {
                self.add_part(text, Quantity::Once);
                GroupNext
            }
            (ElementFirst | GroupPart, Token::NameOptional | Token::NameAny | Token::NameSome) => {
                let quantity = match token {
                    Token::NameOptional => Quantity::Optional,
                    Token::NameAny => Quantity::Any,
                    _ => Quantity::Some,
                };
                self.add_part(&text[..text.len() - 1], quantity);
                GroupNext
            }
            (GroupNext, Token::Or | Token::Comma) => match self.declaration.groups.last_mut() {
                Some(group) if group.separator.is_none_or(|known| known == token) => {
                    group.separator = Some(token);
                    group.shape = if token == Token::Or { Shape::Choice } else { Shape::Sequence };
                    GroupPart
                }
                _ => return self.syntax(start, token),
            },
            (GroupNext, Token::CloseParen) => self.close_group(Quantity::Once),
            (GroupNext, Token::CloseParenOptional) => self.close_group(Quantity::Optional),
            (GroupNext, Token::CloseParenAny) => self.close_group(Quantity::Any),
            (GroupNext, Token::CloseParenSome) => self.close_group(Quantity::Some),
            (ElementEnd, Token::Close) => Subset,
            _ => return self.syntax(start, token),
        };
        Ok(())
    }

    /// Adds an element to the group that is open.
    fn add_part(&mut self, name: &str, quantity: Quantity) {
        if let Some(group) = self.declaration.groups.last_mut() {
            group.parts += 1;
        }
        let part = Part { shape: Shape::Name, quantity, name: Some(name.to_string()), parts: 0 };
        self.declaration.model.push(part);
    }

    /// Ends a group of a content model; with the last one the model is told.
    fn close_group(&mut self, quantity: Quantity) -> State {
        if let Some(Group { shape, parts, .. }) = self.declaration.groups.pop() {
            self.declaration.model.push(Part { shape, quantity, name: None, parts });
        }
        if let Some(outer) = self.declaration.groups.last_mut() {
            outer.parts += 1;
            return State::GroupNext;
        }
        let (name, model) = (self.declaration.name.clone(), std::mem::take(&mut self.declaration.model));
        self.tell_if(EventKind::Element, || Event::Element { name, model });
        State::ElementEnd
    }
}

/// The types of attributes that need no list.
const TYPES: [&str; 8] = ["CDATA", "ID", "IDREF", "IDREFS", "ENTITY", "ENTITIES", "NMTOKEN", "NMTOKENS"];

fn place_of_value(place: &super::events::External) -> super::events::External {
    super::events::External { base: place.base.clone(), system: None, public: None }
}

fn unquoted(literal: &str) -> &str {
    &literal[1..literal.len() - 1]
}

/// A public identifier with its blanks made single spaces.
fn public_id(literal: &str, start: usize) -> Scanned<String> {
    let text = unquoted(literal);
    let allowed = |c: char| c.is_ascii_alphanumeric() || " \r\n-'()+,./:=?;!*#@$_%".contains(c);
    if let Some(at) = text.find(|c| !allowed(c)) {
        return Err(Trouble::Bad(Error::PublicId, start + 1 + at));
    }
    Ok(unified(text).split([' ', '\n']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "))
}
