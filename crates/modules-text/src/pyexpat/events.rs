//! From events to calls of handlers.

use super::model;
use super::parser::PyXmlParser;
use taipan_kernels::xml::{Error, Event, EventKind, External};
use taipan_objects::prelude::*;

fn text(value: &str) -> Obj {
    PyStr::new(value).into_obj()
}

fn optional(value: Option<&String>) -> Obj {
    value.map_or_else(none, |value| text(value))
}

fn integer(value: i64) -> Obj {
    PyInt::from_i64(value).into_obj()
}

/// What a handler answered.
pub enum Answer {
    Fine,
    /// The handler says that the document is to be refused.
    Refused(Error),
}

impl PyXmlParser {
    /// Tells a handler of an event.
    pub fn dispatch(&self, event: Event) -> PyResult<Answer> {
        let kind = kind_of(&event);
        let find = || match kind {
            EventKind::Default if self.engine.0.borrow().wants(EventKind::DefaultExpand) => {
                self.handler(EventKind::DefaultExpand)
            }
            kind => self.handler(kind),
        };
        let Some(handler) = find() else { return Ok(Answer::Fine) };
        if let Event::Text(data) = &event {
            self.tell_text(&handler, data)?;
            return Ok(Answer::Fine);
        }
        self.flush()?;
        // Whoever was handed the text may have taken the handler away.
        let Some(handler) = find() else { return Ok(Answer::Fine) };
        let arguments = self.arguments(event)?;
        let borrowed: Vec<&PyObject> = arguments.iter().map(|argument| &**argument).collect();
        let answer = call::call(&handler, &borrowed)?;
        let refused = match kind {
            EventKind::ExternalEntity => Error::ExternalHandling,
            EventKind::NotStandalone => Error::NotStandalone,
            _ => return Ok(Answer::Fine),
        };
        let accepted: i64 = number::index_to_integer(&answer, "C long")?;
        Ok(if accepted == 0 { Answer::Refused(refused) } else { Answer::Fine })
    }

    fn name(&self, name: &str) -> PyResult {
        self.interned(&PyStr::new(name))
    }

    fn optional_name(&self, name: Option<&String>) -> PyResult {
        match name {
            Some(name) => self.name(name),
            None => Ok(none()),
        }
    }

    /// The attributes of an element, as a dictionary or a list.
    fn attributes(&self, attributes: &[(String, String)], specified: usize) -> PyResult {
        let count = if self.specified_attributes.get() { specified } else { attributes.len() };
        let attributes = &attributes[..count];
        if self.ordered_attributes.get() {
            let mut items = Vec::with_capacity(2 * count);
            for (name, value) in attributes {
                items.push(self.name(name)?);
                items.push(text(value));
            }
            return PyList::try_from_vec(items).map(Py::into_obj);
        }
        let dict = PyDict::new();
        for (name, value) in attributes {
            let name = self.name(name)?;
            dict.set_item(&name, &PyStr::new(value))?;
        }
        Ok(dict.into_obj())
    }

    fn place(&self, place: &External) -> PyResult<[Obj; 3]> {
        Ok([
            self.optional_name(place.base.as_ref())?,
            self.optional_name(place.system.as_ref())?,
            self.optional_name(place.public.as_ref())?,
        ])
    }

    /// What the handler of an event is called with.
    fn arguments(&self, event: Event) -> PyResult<Vec<Obj>> {
        Ok(match event {
            Event::StartElement { name, attributes, specified } => {
                vec![self.name(&name)?, self.attributes(&attributes, specified)?]
            }
            Event::EndElement { name } => vec![self.name(&name)?],
            Event::Text(data) | Event::Comment(data) | Event::Default(data) => vec![text(&data)],
            Event::Instruction { target, data } => vec![self.name(&target)?, text(&data)],
            Event::StartNamespace { prefix, uri } => {
                vec![self.optional_name(prefix.as_ref())?, self.optional_name(uri.as_ref())?]
            }
            Event::EndNamespace { prefix } => vec![self.optional_name(prefix.as_ref())?],
            Event::StartCdata | Event::EndCdata | Event::EndDoctype | Event::NotStandalone => Vec::new(),
            Event::XmlDeclaration { version, encoding, standalone } => {
                vec![optional(version.as_ref()), optional(encoding.as_ref()), integer(i64::from(standalone))]
            }
            Event::StartDoctype { name, system, public, has_subset } => vec![
                self.name(&name)?,
                self.optional_name(system.as_ref())?,
                self.optional_name(public.as_ref())?,
                integer(i64::from(has_subset)),
            ],
            Event::SkippedEntity { name, is_parameter } => {
                vec![self.name(&name)?, integer(i64::from(is_parameter))]
            }
            Event::ExternalEntity { context, place } => {
                let [base, system, public] = self.place(&place)?;
                vec![optional(context.as_ref()), base, system, public]
            }
            Event::Entity { name, is_parameter, value, place, notation } => {
                let [base, system, public] = self.place(&place)?;
                let value = optional(value.as_ref());
                let notation = self.optional_name(notation.as_ref())?;
                let is_parameter = integer(i64::from(is_parameter));
                vec![self.name(&name)?, is_parameter, value, base, system, public, notation]
            }
            Event::UnparsedEntity { name, place, notation } => {
                let [base, system, public] = self.place(&place)?;
                vec![self.name(&name)?, base, system, public, self.name(&notation)?]
            }
            Event::Notation { name, place } => {
                let [base, system, public] = self.place(&place)?;
                vec![self.name(&name)?, base, system, public]
            }
            Event::Element { name, model } => {
                vec![self.name(&name)?, model::tuple(&model)?]
            }
            Event::Attribute { element, name, kind, default, required } => vec![
                self.name(&element)?,
                self.name(&name)?,
                text(&kind),
                optional(default.as_ref()),
                integer(i64::from(required)),
            ],
        })
    }
}

fn kind_of(event: &Event) -> EventKind {
    match event {
        Event::XmlDeclaration { .. } => EventKind::XmlDeclaration,
        Event::StartDoctype { .. } => EventKind::StartDoctype,
        Event::EndDoctype => EventKind::EndDoctype,
        Event::StartElement { .. } => EventKind::StartElement,
        Event::EndElement { .. } => EventKind::EndElement,
        Event::StartNamespace { .. } => EventKind::StartNamespace,
        Event::EndNamespace { .. } => EventKind::EndNamespace,
        Event::Text(_) => EventKind::Text,
        Event::StartCdata => EventKind::StartCdata,
        Event::EndCdata => EventKind::EndCdata,
        Event::Comment(_) => EventKind::Comment,
        Event::Instruction { .. } => EventKind::Instruction,
        Event::Default(_) => EventKind::Default,
        Event::SkippedEntity { .. } => EventKind::SkippedEntity,
        Event::ExternalEntity { .. } => EventKind::ExternalEntity,
        Event::NotStandalone => EventKind::NotStandalone,
        Event::Entity { .. } => EventKind::Entity,
        Event::UnparsedEntity { .. } => EventKind::UnparsedEntity,
        Event::Notation { .. } => EventKind::Notation,
        Event::Element { .. } => EventKind::Element,
        Event::Attribute { .. } => EventKind::Attribute,
    }
}
