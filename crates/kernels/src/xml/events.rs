//! What a parser tells its caller.

/// What is wrong with a document; the number is Expat's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Error {
    Syntax = 2,
    NoElements = 3,
    InvalidToken = 4,
    UnclosedToken = 5,
    PartialChar = 6,
    TagMismatch = 7,
    DuplicateAttribute = 8,
    JunkAfterDocument = 9,
    ParameterReference = 10,
    UndefinedEntity = 11,
    RecursiveReference = 12,
    AsyncEntity = 13,
    BadCharacterReference = 14,
    BinaryReference = 15,
    ExternalInAttribute = 16,
    MisplacedDeclaration = 17,
    UnknownEncoding = 18,
    IncorrectEncoding = 19,
    UnclosedCdata = 20,
    ExternalHandling = 21,
    NotStandalone = 22,
    DeclaredInParameterEntity = 24,
    UnboundPrefix = 27,
    UndeclaredPrefix = 28,
    IncompleteParameterEntity = 29,
    XmlDeclaration = 30,
    TextDeclaration = 31,
    PublicId = 32,
    Finished = 36,
    ReservedXml = 38,
    ReservedXmlns = 39,
    ReservedNamespace = 40,
    Amplification = 43,
}

/// How often a part of a content model may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    Once,
    Optional,
    Any,
    Some,
}

/// What a part of a content model is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Empty,
    Anything,
    Mixed,
    Name,
    Choice,
    Sequence,
}

/// A part of a content model. A whole model is a list of parts in which a group follows its parts, so that no depth of
/// nesting needs a deep stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub shape: Shape,
    pub quantity: Quantity,
    pub name: Option<String>,
    /// How many parts it has itself: the latest before it that belong to no other.
    pub parts: usize,
}

/// Where something external lies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct External {
    pub base: Option<String>,
    pub system: Option<String>,
    pub public: Option<String>,
}

/// Something that was read. Every text is as the document's application sees it: references replaced, lines ended by `\n`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Standalone: -1 where nothing is said, else 0 or 1.
    XmlDeclaration {
        version: Option<String>,
        encoding: Option<String>,
        standalone: i32,
    },
    StartDoctype {
        name: String,
        system: Option<String>,
        public: Option<String>,
        has_subset: bool,
    },
    EndDoctype,
    /// The first `specified` attributes stand in the document, the others have their default values.
    StartElement {
        name: String,
        attributes: Vec<(String, String)>,
        specified: usize,
    },
    EndElement {
        name: String,
    },
    StartNamespace {
        prefix: Option<String>,
        uri: Option<String>,
    },
    EndNamespace {
        prefix: Option<String>,
    },
    Text(String),
    StartCdata,
    EndCdata,
    Comment(String),
    Instruction {
        target: String,
        data: String,
    },
    /// What has no handler of its own, as it stands.
    Default(String),
    SkippedEntity {
        name: String,
        is_parameter: bool,
    },
    ExternalEntity {
        context: Option<String>,
        place: External,
    },
    NotStandalone,
    Entity {
        name: String,
        is_parameter: bool,
        value: Option<String>,
        place: External,
        notation: Option<String>,
    },
    UnparsedEntity {
        name: String,
        place: External,
        notation: String,
    },
    Notation {
        name: String,
        place: External,
    },
    Element {
        name: String,
        model: Vec<Part>,
    },
    Attribute {
        element: String,
        name: String,
        kind: String,
        default: Option<String>,
        required: bool,
    },
}

/// The kinds of events, by which a caller says what it wants to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum EventKind {
    XmlDeclaration,
    StartDoctype,
    EndDoctype,
    StartElement,
    EndElement,
    StartNamespace,
    EndNamespace,
    Text,
    StartCdata,
    EndCdata,
    Comment,
    Instruction,
    /// What has no handler; entities are not replaced then.
    Default,
    /// What has no handler; entities are replaced.
    DefaultExpand,
    SkippedEntity,
    ExternalEntity,
    NotStandalone,
    Entity,
    UnparsedEntity,
    Notation,
    Element,
    Attribute,
}
