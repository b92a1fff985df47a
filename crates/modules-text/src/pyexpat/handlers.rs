//! The attributes of a parser that hold handlers.

use super::parser::PyXmlParser;
use taipan_kernels::xml::EventKind;
use taipan_objects::prelude::*;

/// Declares a property for each handler.
macro_rules! handlers {
    ($($get:ident $set:ident $name:ident $kind:ident;)*) => {
        /// The kinds of events that have handlers, in the order of the handlers.
        pub const KINDS: &[EventKind] = &[$(EventKind::$kind),*];

        #[pymethods(HANDLERS)]
        impl PyXmlParser {
            $(
                #[getter($name)]
                fn $get(&self) -> Obj {
                    self.handler(EventKind::$kind).unwrap_or_else(none)
                }

                #[setter($name)]
                fn $set(&self, value: Option<&PyObject>) -> PyResult<()> {
                    self.set_handler(EventKind::$kind, value)
                }
            )*
        }
    };
}

handlers! {
    start_element set_start_element StartElementHandler StartElement;
    end_element set_end_element EndElementHandler EndElement;
    instruction set_instruction ProcessingInstructionHandler Instruction;
    text set_text CharacterDataHandler Text;
    unparsed_entity set_unparsed_entity UnparsedEntityDeclHandler UnparsedEntity;
    notation set_notation NotationDeclHandler Notation;
    start_namespace set_start_namespace StartNamespaceDeclHandler StartNamespace;
    end_namespace set_end_namespace EndNamespaceDeclHandler EndNamespace;
    comment set_comment CommentHandler Comment;
    start_cdata set_start_cdata StartCdataSectionHandler StartCdata;
    end_cdata set_end_cdata EndCdataSectionHandler EndCdata;
    default set_default DefaultHandler Default;
    default_expand set_default_expand DefaultHandlerExpand DefaultExpand;
    not_standalone set_not_standalone NotStandaloneHandler NotStandalone;
    external_entity set_external_entity ExternalEntityRefHandler ExternalEntity;
    start_doctype set_start_doctype StartDoctypeDeclHandler StartDoctype;
    end_doctype set_end_doctype EndDoctypeDeclHandler EndDoctype;
    entity set_entity EntityDeclHandler Entity;
    xml_declaration set_xml_declaration XmlDeclHandler XmlDeclaration;
    element set_element ElementDeclHandler Element;
    attribute set_attribute AttlistDeclHandler Attribute;
    skipped_entity set_skipped_entity SkippedEntityHandler SkippedEntity;
}

impl PyXmlParser {
    /// The handler of a kind of event.
    pub fn handler(&self, kind: EventKind) -> Option<Obj> {
        let at = KINDS.iter().position(|&known| known == kind)?;
        self.handlers[at].get()
    }

    /// Sets a handler, or takes it away with `None`.
    pub fn set_handler(&self, kind: EventKind, value: Option<&PyObject>) -> PyResult<()> {
        let Some(value) = value else { return Err(super::parser::not_deleted()) };
        if kind == EventKind::Text {
            // What was read belongs to the handler that was there.
            self.flush()?;
        }
        let handler = (!value.is_none()).then(|| value.owned());
        // The two default handlers share a place: the one set last counts.
        let other = match kind {
            EventKind::Default => Some(EventKind::DefaultExpand),
            EventKind::DefaultExpand => Some(EventKind::Default),
            _ => None,
        };
        {
            let mut engine = self.engine.0.borrow_mut();
            engine.set_wanted(kind, handler.is_some());
            if let Some(other) = other {
                engine.set_wanted(other, false);
            }
        }
        if let Some(at) = KINDS.iter().position(|&known| known == kind) {
            self.handlers[at].set(handler);
        }
        Ok(())
    }

    /// Takes all handlers away.
    pub fn clear_handlers(&self) {
        for (at, &kind) in KINDS.iter().enumerate() {
            self.engine.0.borrow_mut().set_wanted(kind, false);
            self.handlers[at].set(None);
        }
    }
}
