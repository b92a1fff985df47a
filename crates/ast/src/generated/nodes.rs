//! The nodes of the syntax tree and the visitor over them.
//!
//! Generated from `crates/ast/nodes.def` by `cargo xtask codegen`; do not edit.

use crate::constant::Constant;
use crate::location::Location;

/// The shapes of `mod`.
#[derive(Clone, Copy, Debug)]
pub enum Mod<'a> {
    /// `Module(stmt* body, type_ignore* type_ignores)`
    Module { body: &'a [Stmt<'a>], type_ignores: &'a [TypeIgnore<'a>] },
    /// `Interactive(stmt* body)`
    Interactive { body: &'a [Stmt<'a>] },
    /// `Expression(expr body)`
    Expression { body: &'a Expr<'a> },
    /// `FunctionType(expr* argtypes, expr returns)`
    FunctionType { argtypes: &'a [Expr<'a>], returns: &'a Expr<'a> },
}

impl Mod<'_> {
    /// The name of the class in the `ast` module.
    pub const fn name(&self) -> &'static str {
        match self {
            Mod::Module { .. } => "Module",
            Mod::Interactive { .. } => "Interactive",
            Mod::Expression { .. } => "Expression",
            Mod::FunctionType { .. } => "FunctionType",
        }
    }
}

/// `stmt`
#[derive(Clone, Copy, Debug)]
pub struct Stmt<'a> {
    pub kind: StmtKind<'a>,
    pub loc: Location,
}

/// The shapes of `stmt`.
#[derive(Clone, Copy, Debug)]
pub enum StmtKind<'a> {
    /// `FunctionDef(identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, string? type_comment, type_param* type_params)`
    FunctionDef {
        name: &'a str,
        args: &'a Arguments<'a>,
        body: &'a [Stmt<'a>],
        decorator_list: &'a [Expr<'a>],
        returns: Option<&'a Expr<'a>>,
        type_comment: Option<&'a str>,
        type_params: &'a [TypeParam<'a>],
    },
    /// `AsyncFunctionDef(identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, string? type_comment, type_param* type_params)`
    AsyncFunctionDef {
        name: &'a str,
        args: &'a Arguments<'a>,
        body: &'a [Stmt<'a>],
        decorator_list: &'a [Expr<'a>],
        returns: Option<&'a Expr<'a>>,
        type_comment: Option<&'a str>,
        type_params: &'a [TypeParam<'a>],
    },
    /// `ClassDef(identifier name, expr* bases, keyword* keywords, stmt* body, expr* decorator_list, type_param* type_params)`
    ClassDef {
        name: &'a str,
        bases: &'a [Expr<'a>],
        keywords: &'a [Keyword<'a>],
        body: &'a [Stmt<'a>],
        decorator_list: &'a [Expr<'a>],
        type_params: &'a [TypeParam<'a>],
    },
    /// `Return(expr? value)`
    Return { value: Option<&'a Expr<'a>> },
    /// `Delete(expr* targets)`
    Delete { targets: &'a [Expr<'a>] },
    /// `Assign(expr* targets, expr value, string? type_comment)`
    Assign { targets: &'a [Expr<'a>], value: &'a Expr<'a>, type_comment: Option<&'a str> },
    /// `TypeAlias(expr name, type_param* type_params, expr value)`
    TypeAlias { name: &'a Expr<'a>, type_params: &'a [TypeParam<'a>], value: &'a Expr<'a> },
    /// `AugAssign(expr target, operator op, expr value)`
    AugAssign { target: &'a Expr<'a>, op: Operator, value: &'a Expr<'a> },
    /// `AnnAssign(expr target, expr annotation, expr? value, int simple)`
    AnnAssign { target: &'a Expr<'a>, annotation: &'a Expr<'a>, value: Option<&'a Expr<'a>>, simple: i32 },
    /// `For(expr target, expr iter, stmt* body, stmt* orelse, string? type_comment)`
    For {
        target: &'a Expr<'a>,
        iter: &'a Expr<'a>,
        body: &'a [Stmt<'a>],
        orelse: &'a [Stmt<'a>],
        type_comment: Option<&'a str>,
    },
    /// `AsyncFor(expr target, expr iter, stmt* body, stmt* orelse, string? type_comment)`
    AsyncFor {
        target: &'a Expr<'a>,
        iter: &'a Expr<'a>,
        body: &'a [Stmt<'a>],
        orelse: &'a [Stmt<'a>],
        type_comment: Option<&'a str>,
    },
    /// `While(expr test, stmt* body, stmt* orelse)`
    While { test: &'a Expr<'a>, body: &'a [Stmt<'a>], orelse: &'a [Stmt<'a>] },
    /// `If(expr test, stmt* body, stmt* orelse)`
    If { test: &'a Expr<'a>, body: &'a [Stmt<'a>], orelse: &'a [Stmt<'a>] },
    /// `With(withitem* items, stmt* body, string? type_comment)`
    With { items: &'a [WithItem<'a>], body: &'a [Stmt<'a>], type_comment: Option<&'a str> },
    /// `AsyncWith(withitem* items, stmt* body, string? type_comment)`
    AsyncWith { items: &'a [WithItem<'a>], body: &'a [Stmt<'a>], type_comment: Option<&'a str> },
    /// `Match(expr subject, match_case* cases)`
    Match { subject: &'a Expr<'a>, cases: &'a [MatchCase<'a>] },
    /// `Raise(expr? exc, expr? cause)`
    Raise { exc: Option<&'a Expr<'a>>, cause: Option<&'a Expr<'a>> },
    /// `Try(stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody)`
    Try {
        body: &'a [Stmt<'a>],
        handlers: &'a [ExceptHandler<'a>],
        orelse: &'a [Stmt<'a>],
        finalbody: &'a [Stmt<'a>],
    },
    /// `TryStar(stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody)`
    TryStar {
        body: &'a [Stmt<'a>],
        handlers: &'a [ExceptHandler<'a>],
        orelse: &'a [Stmt<'a>],
        finalbody: &'a [Stmt<'a>],
    },
    /// `Assert(expr test, expr? msg)`
    Assert { test: &'a Expr<'a>, msg: Option<&'a Expr<'a>> },
    /// `Import(alias* names)`
    Import { names: &'a [Alias<'a>] },
    /// `ImportFrom(identifier? module, alias* names, int? level)`
    ImportFrom { module: Option<&'a str>, names: &'a [Alias<'a>], level: i32 },
    /// `Global(identifier* names)`
    Global { names: &'a [&'a str] },
    /// `Nonlocal(identifier* names)`
    Nonlocal { names: &'a [&'a str] },
    /// `Expr(expr value)`
    Expr { value: &'a Expr<'a> },
    /// `Pass`
    Pass,
    /// `Break`
    Break,
    /// `Continue`
    Continue,
}

impl StmtKind<'_> {
    /// The name of the class in the `ast` module.
    pub const fn name(&self) -> &'static str {
        match self {
            StmtKind::FunctionDef { .. } => "FunctionDef",
            StmtKind::AsyncFunctionDef { .. } => "AsyncFunctionDef",
            StmtKind::ClassDef { .. } => "ClassDef",
            StmtKind::Return { .. } => "Return",
            StmtKind::Delete { .. } => "Delete",
            StmtKind::Assign { .. } => "Assign",
            StmtKind::TypeAlias { .. } => "TypeAlias",
            StmtKind::AugAssign { .. } => "AugAssign",
            StmtKind::AnnAssign { .. } => "AnnAssign",
            StmtKind::For { .. } => "For",
            StmtKind::AsyncFor { .. } => "AsyncFor",
            StmtKind::While { .. } => "While",
            StmtKind::If { .. } => "If",
            StmtKind::With { .. } => "With",
            StmtKind::AsyncWith { .. } => "AsyncWith",
            StmtKind::Match { .. } => "Match",
            StmtKind::Raise { .. } => "Raise",
            StmtKind::Try { .. } => "Try",
            StmtKind::TryStar { .. } => "TryStar",
            StmtKind::Assert { .. } => "Assert",
            StmtKind::Import { .. } => "Import",
            StmtKind::ImportFrom { .. } => "ImportFrom",
            StmtKind::Global { .. } => "Global",
            StmtKind::Nonlocal { .. } => "Nonlocal",
            StmtKind::Expr { .. } => "Expr",
            StmtKind::Pass => "Pass",
            StmtKind::Break => "Break",
            StmtKind::Continue => "Continue",
        }
    }
}

/// `expr`
#[derive(Clone, Copy, Debug)]
pub struct Expr<'a> {
    pub kind: ExprKind<'a>,
    pub loc: Location,
}

/// The shapes of `expr`.
#[derive(Clone, Copy, Debug)]
pub enum ExprKind<'a> {
    /// `BoolOp(boolop op, expr* values)`
    BoolOp { op: BoolOp, values: &'a [Expr<'a>] },
    /// `NamedExpr(expr target, expr value)`
    NamedExpr { target: &'a Expr<'a>, value: &'a Expr<'a> },
    /// `BinOp(expr left, operator op, expr right)`
    BinOp { left: &'a Expr<'a>, op: Operator, right: &'a Expr<'a> },
    /// `UnaryOp(unaryop op, expr operand)`
    UnaryOp { op: UnaryOp, operand: &'a Expr<'a> },
    /// `Lambda(arguments args, expr body)`
    Lambda { args: &'a Arguments<'a>, body: &'a Expr<'a> },
    /// `IfExp(expr test, expr body, expr orelse)`
    IfExp { test: &'a Expr<'a>, body: &'a Expr<'a>, orelse: &'a Expr<'a> },
    /// `Dict(expr?* keys, expr* values)`
    Dict { keys: &'a [Option<&'a Expr<'a>>], values: &'a [Expr<'a>] },
    /// `Set(expr* elts)`
    Set { elts: &'a [Expr<'a>] },
    /// `ListComp(expr elt, comprehension* generators)`
    ListComp { elt: &'a Expr<'a>, generators: &'a [Comprehension<'a>] },
    /// `SetComp(expr elt, comprehension* generators)`
    SetComp { elt: &'a Expr<'a>, generators: &'a [Comprehension<'a>] },
    /// `DictComp(expr key, expr value, comprehension* generators)`
    DictComp { key: &'a Expr<'a>, value: &'a Expr<'a>, generators: &'a [Comprehension<'a>] },
    /// `GeneratorExp(expr elt, comprehension* generators)`
    GeneratorExp { elt: &'a Expr<'a>, generators: &'a [Comprehension<'a>] },
    /// `Await(expr value)`
    Await { value: &'a Expr<'a> },
    /// `Yield(expr? value)`
    Yield { value: Option<&'a Expr<'a>> },
    /// `YieldFrom(expr value)`
    YieldFrom { value: &'a Expr<'a> },
    /// `Compare(expr left, cmpop* ops, expr* comparators)`
    Compare { left: &'a Expr<'a>, ops: &'a [CmpOp], comparators: &'a [Expr<'a>] },
    /// `Call(expr func, expr* args, keyword* keywords)`
    Call { func: &'a Expr<'a>, args: &'a [Expr<'a>], keywords: &'a [Keyword<'a>] },
    /// `FormattedValue(expr value, int conversion, expr? format_spec)`
    FormattedValue { value: &'a Expr<'a>, conversion: i32, format_spec: Option<&'a Expr<'a>> },
    /// `Interpolation(expr value, constant str, int conversion, expr? format_spec)`
    Interpolation {
        value: &'a Expr<'a>,
        str: Constant<'a>,
        conversion: i32,
        format_spec: Option<&'a Expr<'a>>,
    },
    /// `JoinedStr(expr* values)`
    JoinedStr { values: &'a [Expr<'a>] },
    /// `TemplateStr(expr* values)`
    TemplateStr { values: &'a [Expr<'a>] },
    /// `Constant(constant value, string? kind)`
    Constant { value: Constant<'a>, kind: Option<&'a str> },
    /// `Attribute(expr value, identifier attr, expr_context ctx)`
    Attribute { value: &'a Expr<'a>, attr: &'a str, ctx: ExprContext },
    /// `Subscript(expr value, expr slice, expr_context ctx)`
    Subscript { value: &'a Expr<'a>, slice: &'a Expr<'a>, ctx: ExprContext },
    /// `Starred(expr value, expr_context ctx)`
    Starred { value: &'a Expr<'a>, ctx: ExprContext },
    /// `Name(identifier id, expr_context ctx)`
    Name { id: &'a str, ctx: ExprContext },
    /// `List(expr* elts, expr_context ctx)`
    List { elts: &'a [Expr<'a>], ctx: ExprContext },
    /// `Tuple(expr* elts, expr_context ctx)`
    Tuple { elts: &'a [Expr<'a>], ctx: ExprContext },
    /// `Slice(expr? lower, expr? upper, expr? step)`
    Slice { lower: Option<&'a Expr<'a>>, upper: Option<&'a Expr<'a>>, step: Option<&'a Expr<'a>> },
}

impl ExprKind<'_> {
    /// The name of the class in the `ast` module.
    pub const fn name(&self) -> &'static str {
        match self {
            ExprKind::BoolOp { .. } => "BoolOp",
            ExprKind::NamedExpr { .. } => "NamedExpr",
            ExprKind::BinOp { .. } => "BinOp",
            ExprKind::UnaryOp { .. } => "UnaryOp",
            ExprKind::Lambda { .. } => "Lambda",
            ExprKind::IfExp { .. } => "IfExp",
            ExprKind::Dict { .. } => "Dict",
            ExprKind::Set { .. } => "Set",
            ExprKind::ListComp { .. } => "ListComp",
            ExprKind::SetComp { .. } => "SetComp",
            ExprKind::DictComp { .. } => "DictComp",
            ExprKind::GeneratorExp { .. } => "GeneratorExp",
            ExprKind::Await { .. } => "Await",
            ExprKind::Yield { .. } => "Yield",
            ExprKind::YieldFrom { .. } => "YieldFrom",
            ExprKind::Compare { .. } => "Compare",
            ExprKind::Call { .. } => "Call",
            ExprKind::FormattedValue { .. } => "FormattedValue",
            ExprKind::Interpolation { .. } => "Interpolation",
            ExprKind::JoinedStr { .. } => "JoinedStr",
            ExprKind::TemplateStr { .. } => "TemplateStr",
            ExprKind::Constant { .. } => "Constant",
            ExprKind::Attribute { .. } => "Attribute",
            ExprKind::Subscript { .. } => "Subscript",
            ExprKind::Starred { .. } => "Starred",
            ExprKind::Name { .. } => "Name",
            ExprKind::List { .. } => "List",
            ExprKind::Tuple { .. } => "Tuple",
            ExprKind::Slice { .. } => "Slice",
        }
    }
}

/// `expr_context`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExprContext {
    Load,
    Store,
    Del,
}

impl ExprContext {
    /// The name of the class in the `ast` module.
    pub const fn name(self) -> &'static str {
        match self {
            ExprContext::Load => "Load",
            ExprContext::Store => "Store",
            ExprContext::Del => "Del",
        }
    }
}

/// `boolop`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BoolOp {
    And,
    Or,
}

impl BoolOp {
    /// The name of the class in the `ast` module.
    pub const fn name(self) -> &'static str {
        match self {
            BoolOp::And => "And",
            BoolOp::Or => "Or",
        }
    }
}

/// `operator`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    Add,
    Sub,
    Mult,
    MatMult,
    Div,
    Mod,
    Pow,
    LShift,
    RShift,
    BitOr,
    BitXor,
    BitAnd,
    FloorDiv,
}

impl Operator {
    /// The name of the class in the `ast` module.
    pub const fn name(self) -> &'static str {
        match self {
            Operator::Add => "Add",
            Operator::Sub => "Sub",
            Operator::Mult => "Mult",
            Operator::MatMult => "MatMult",
            Operator::Div => "Div",
            Operator::Mod => "Mod",
            Operator::Pow => "Pow",
            Operator::LShift => "LShift",
            Operator::RShift => "RShift",
            Operator::BitOr => "BitOr",
            Operator::BitXor => "BitXor",
            Operator::BitAnd => "BitAnd",
            Operator::FloorDiv => "FloorDiv",
        }
    }
}

/// `unaryop`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    Invert,
    Not,
    UAdd,
    USub,
}

impl UnaryOp {
    /// The name of the class in the `ast` module.
    pub const fn name(self) -> &'static str {
        match self {
            UnaryOp::Invert => "Invert",
            UnaryOp::Not => "Not",
            UnaryOp::UAdd => "UAdd",
            UnaryOp::USub => "USub",
        }
    }
}

/// `cmpop`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CmpOp {
    Eq,
    NotEq,
    Lt,
    LtE,
    Gt,
    GtE,
    Is,
    IsNot,
    In,
    NotIn,
}

impl CmpOp {
    /// The name of the class in the `ast` module.
    pub const fn name(self) -> &'static str {
        match self {
            CmpOp::Eq => "Eq",
            CmpOp::NotEq => "NotEq",
            CmpOp::Lt => "Lt",
            CmpOp::LtE => "LtE",
            CmpOp::Gt => "Gt",
            CmpOp::GtE => "GtE",
            CmpOp::Is => "Is",
            CmpOp::IsNot => "IsNot",
            CmpOp::In => "In",
            CmpOp::NotIn => "NotIn",
        }
    }
}

/// `comprehension(expr target, expr iter, expr* ifs, int is_async)`
#[derive(Clone, Copy, Debug)]
pub struct Comprehension<'a> {
    pub target: &'a Expr<'a>,
    pub iter: &'a Expr<'a>,
    pub ifs: &'a [Expr<'a>],
    pub is_async: i32,
}

/// `ExceptHandler(expr? type, identifier? name, stmt* body)`
#[derive(Clone, Copy, Debug)]
pub struct ExceptHandler<'a> {
    pub type_: Option<&'a Expr<'a>>,
    pub name: Option<&'a str>,
    pub body: &'a [Stmt<'a>],
    pub loc: Location,
}

/// `arguments(arg* posonlyargs, arg* args, arg? vararg, arg* kwonlyargs, expr?* kw_defaults, arg? kwarg, expr* defaults)`
#[derive(Clone, Copy, Debug)]
pub struct Arguments<'a> {
    pub posonlyargs: &'a [Arg<'a>],
    pub args: &'a [Arg<'a>],
    pub vararg: Option<&'a Arg<'a>>,
    pub kwonlyargs: &'a [Arg<'a>],
    pub kw_defaults: &'a [Option<&'a Expr<'a>>],
    pub kwarg: Option<&'a Arg<'a>>,
    pub defaults: &'a [Expr<'a>],
}

/// `arg(identifier arg, expr? annotation, string? type_comment)`
#[derive(Clone, Copy, Debug)]
pub struct Arg<'a> {
    pub arg: &'a str,
    pub annotation: Option<&'a Expr<'a>>,
    pub type_comment: Option<&'a str>,
    pub loc: Location,
}

/// `keyword(identifier? arg, expr value)`
#[derive(Clone, Copy, Debug)]
pub struct Keyword<'a> {
    pub arg: Option<&'a str>,
    pub value: &'a Expr<'a>,
    pub loc: Location,
}

/// `alias(identifier name, identifier? asname)`
#[derive(Clone, Copy, Debug)]
pub struct Alias<'a> {
    pub name: &'a str,
    pub asname: Option<&'a str>,
    pub loc: Location,
}

/// `withitem(expr context_expr, expr? optional_vars)`
#[derive(Clone, Copy, Debug)]
pub struct WithItem<'a> {
    pub context_expr: &'a Expr<'a>,
    pub optional_vars: Option<&'a Expr<'a>>,
}

/// `match_case(pattern pattern, expr? guard, stmt* body)`
#[derive(Clone, Copy, Debug)]
pub struct MatchCase<'a> {
    pub pattern: &'a Pattern<'a>,
    pub guard: Option<&'a Expr<'a>>,
    pub body: &'a [Stmt<'a>],
}

/// `pattern`
#[derive(Clone, Copy, Debug)]
pub struct Pattern<'a> {
    pub kind: PatternKind<'a>,
    pub loc: Location,
}

/// The shapes of `pattern`.
#[derive(Clone, Copy, Debug)]
pub enum PatternKind<'a> {
    /// `MatchValue(expr value)`
    MatchValue { value: &'a Expr<'a> },
    /// `MatchSingleton(constant value)`
    MatchSingleton { value: Constant<'a> },
    /// `MatchSequence(pattern* patterns)`
    MatchSequence { patterns: &'a [Pattern<'a>] },
    /// `MatchMapping(expr* keys, pattern* patterns, identifier? rest)`
    MatchMapping { keys: &'a [Expr<'a>], patterns: &'a [Pattern<'a>], rest: Option<&'a str> },
    /// `MatchClass(expr cls, pattern* patterns, identifier* kwd_attrs, pattern* kwd_patterns)`
    MatchClass {
        cls: &'a Expr<'a>,
        patterns: &'a [Pattern<'a>],
        kwd_attrs: &'a [&'a str],
        kwd_patterns: &'a [Pattern<'a>],
    },
    /// `MatchStar(identifier? name)`
    MatchStar { name: Option<&'a str> },
    /// `MatchAs(pattern? pattern, identifier? name)`
    MatchAs { pattern: Option<&'a Pattern<'a>>, name: Option<&'a str> },
    /// `MatchOr(pattern* patterns)`
    MatchOr { patterns: &'a [Pattern<'a>] },
}

impl PatternKind<'_> {
    /// The name of the class in the `ast` module.
    pub const fn name(&self) -> &'static str {
        match self {
            PatternKind::MatchValue { .. } => "MatchValue",
            PatternKind::MatchSingleton { .. } => "MatchSingleton",
            PatternKind::MatchSequence { .. } => "MatchSequence",
            PatternKind::MatchMapping { .. } => "MatchMapping",
            PatternKind::MatchClass { .. } => "MatchClass",
            PatternKind::MatchStar { .. } => "MatchStar",
            PatternKind::MatchAs { .. } => "MatchAs",
            PatternKind::MatchOr { .. } => "MatchOr",
        }
    }
}

/// `TypeIgnore(int lineno, string tag)`
#[derive(Clone, Copy, Debug)]
pub struct TypeIgnore<'a> {
    pub lineno: i32,
    pub tag: &'a str,
}

/// `type_param`
#[derive(Clone, Copy, Debug)]
pub struct TypeParam<'a> {
    pub kind: TypeParamKind<'a>,
    pub loc: Location,
}

/// The shapes of `type_param`.
#[derive(Clone, Copy, Debug)]
pub enum TypeParamKind<'a> {
    /// `TypeVar(identifier name, expr? bound, expr? default_value)`
    TypeVar { name: &'a str, bound: Option<&'a Expr<'a>>, default_value: Option<&'a Expr<'a>> },
    /// `ParamSpec(identifier name, expr? default_value)`
    ParamSpec { name: &'a str, default_value: Option<&'a Expr<'a>> },
    /// `TypeVarTuple(identifier name, expr? default_value)`
    TypeVarTuple { name: &'a str, default_value: Option<&'a Expr<'a>> },
}

impl TypeParamKind<'_> {
    /// The name of the class in the `ast` module.
    pub const fn name(&self) -> &'static str {
        match self {
            TypeParamKind::TypeVar { .. } => "TypeVar",
            TypeParamKind::ParamSpec { .. } => "ParamSpec",
            TypeParamKind::TypeVarTuple { .. } => "TypeVarTuple",
        }
    }
}

/// Visits a tree. Each method goes on into the children unless it is overridden; an override calls the
/// `walk_` function of the same name to do so. Order is the order of the fields.
pub trait Visitor<'a> {
    fn visit_mod(&mut self, node: &'a Mod<'a>) {
        walk_mod(self, node);
    }
    fn visit_stmt(&mut self, node: &'a Stmt<'a>) {
        walk_stmt(self, node);
    }
    fn visit_expr(&mut self, node: &'a Expr<'a>) {
        walk_expr(self, node);
    }
    fn visit_comprehension(&mut self, node: &'a Comprehension<'a>) {
        walk_comprehension(self, node);
    }
    fn visit_excepthandler(&mut self, node: &'a ExceptHandler<'a>) {
        walk_excepthandler(self, node);
    }
    fn visit_arguments(&mut self, node: &'a Arguments<'a>) {
        walk_arguments(self, node);
    }
    fn visit_arg(&mut self, node: &'a Arg<'a>) {
        walk_arg(self, node);
    }
    fn visit_keyword(&mut self, node: &'a Keyword<'a>) {
        walk_keyword(self, node);
    }
    fn visit_alias(&mut self, node: &'a Alias<'a>) {
        walk_alias(self, node);
    }
    fn visit_withitem(&mut self, node: &'a WithItem<'a>) {
        walk_withitem(self, node);
    }
    fn visit_match_case(&mut self, node: &'a MatchCase<'a>) {
        walk_match_case(self, node);
    }
    fn visit_pattern(&mut self, node: &'a Pattern<'a>) {
        walk_pattern(self, node);
    }
    fn visit_type_ignore(&mut self, node: &'a TypeIgnore<'a>) {
        walk_type_ignore(self, node);
    }
    fn visit_type_param(&mut self, node: &'a TypeParam<'a>) {
        walk_type_param(self, node);
    }
}

/// Visits the children of a `mod`.
pub fn walk_mod<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, node: &'a Mod<'a>) {
    match &node {
        Mod::Module { body, type_ignores } => {
            for child in *body {
                visitor.visit_stmt(child);
            }
            for child in *type_ignores {
                visitor.visit_type_ignore(child);
            }
        }
        Mod::Interactive { body } => {
            for child in *body {
                visitor.visit_stmt(child);
            }
        }
        Mod::Expression { body } => {
            visitor.visit_expr(body);
        }
        Mod::FunctionType { argtypes, returns } => {
            for child in *argtypes {
                visitor.visit_expr(child);
            }
            visitor.visit_expr(returns);
        }
    }
}

/// Visits the children of a `stmt`.
pub fn walk_stmt<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, node: &'a Stmt<'a>) {
    match &node.kind {
        StmtKind::FunctionDef { args, body, decorator_list, returns, type_params, .. } => {
            visitor.visit_arguments(args);
            for child in *body {
                visitor.visit_stmt(child);
            }
            for child in *decorator_list {
                visitor.visit_expr(child);
            }
            if let Some(child) = *returns {
                visitor.visit_expr(child);
            }
            for child in *type_params {
                visitor.visit_type_param(child);
            }
        }
        StmtKind::AsyncFunctionDef { args, body, decorator_list, returns, type_params, .. } => {
            visitor.visit_arguments(args);
            for child in *body {
                visitor.visit_stmt(child);
            }
            for child in *decorator_list {
                visitor.visit_expr(child);
            }
            if let Some(child) = *returns {
                visitor.visit_expr(child);
            }
            for child in *type_params {
                visitor.visit_type_param(child);
            }
        }
        StmtKind::ClassDef { bases, keywords, body, decorator_list, type_params, .. } => {
            for child in *bases {
                visitor.visit_expr(child);
            }
            for child in *keywords {
                visitor.visit_keyword(child);
            }
            for child in *body {
                visitor.visit_stmt(child);
            }
            for child in *decorator_list {
                visitor.visit_expr(child);
            }
            for child in *type_params {
                visitor.visit_type_param(child);
            }
        }
        StmtKind::Return { value } => {
            if let Some(child) = *value {
                visitor.visit_expr(child);
            }
        }
        StmtKind::Delete { targets } => {
            for child in *targets {
                visitor.visit_expr(child);
            }
        }
        StmtKind::Assign { targets, value, .. } => {
            for child in *targets {
                visitor.visit_expr(child);
            }
            visitor.visit_expr(value);
        }
        StmtKind::TypeAlias { name, type_params, value } => {
            visitor.visit_expr(name);
            for child in *type_params {
                visitor.visit_type_param(child);
            }
            visitor.visit_expr(value);
        }
        StmtKind::AugAssign { target, value, .. } => {
            visitor.visit_expr(target);
            visitor.visit_expr(value);
        }
        StmtKind::AnnAssign { target, annotation, value, .. } => {
            visitor.visit_expr(target);
            visitor.visit_expr(annotation);
            if let Some(child) = *value {
                visitor.visit_expr(child);
            }
        }
        StmtKind::For { target, iter, body, orelse, .. } => {
            visitor.visit_expr(target);
            visitor.visit_expr(iter);
            for child in *body {
                visitor.visit_stmt(child);
            }
            for child in *orelse {
                visitor.visit_stmt(child);
            }
        }
        StmtKind::AsyncFor { target, iter, body, orelse, .. } => {
            visitor.visit_expr(target);
            visitor.visit_expr(iter);
            for child in *body {
                visitor.visit_stmt(child);
            }
            for child in *orelse {
                visitor.visit_stmt(child);
            }
        }
        StmtKind::While { test, body, orelse } => {
            visitor.visit_expr(test);
            for child in *body {
                visitor.visit_stmt(child);
            }
            for child in *orelse {
                visitor.visit_stmt(child);
            }
        }
        StmtKind::If { test, body, orelse } => {
            visitor.visit_expr(test);
            for child in *body {
                visitor.visit_stmt(child);
            }
            for child in *orelse {
                visitor.visit_stmt(child);
            }
        }
        StmtKind::With { items, body, .. } => {
            for child in *items {
                visitor.visit_withitem(child);
            }
            for child in *body {
                visitor.visit_stmt(child);
            }
        }
        StmtKind::AsyncWith { items, body, .. } => {
            for child in *items {
                visitor.visit_withitem(child);
            }
            for child in *body {
                visitor.visit_stmt(child);
            }
        }
        StmtKind::Match { subject, cases } => {
            visitor.visit_expr(subject);
            for child in *cases {
                visitor.visit_match_case(child);
            }
        }
        StmtKind::Raise { exc, cause } => {
            if let Some(child) = *exc {
                visitor.visit_expr(child);
            }
            if let Some(child) = *cause {
                visitor.visit_expr(child);
            }
        }
        StmtKind::Try { body, handlers, orelse, finalbody } => {
            for child in *body {
                visitor.visit_stmt(child);
            }
            for child in *handlers {
                visitor.visit_excepthandler(child);
            }
            for child in *orelse {
                visitor.visit_stmt(child);
            }
            for child in *finalbody {
                visitor.visit_stmt(child);
            }
        }
        StmtKind::TryStar { body, handlers, orelse, finalbody } => {
            for child in *body {
                visitor.visit_stmt(child);
            }
            for child in *handlers {
                visitor.visit_excepthandler(child);
            }
            for child in *orelse {
                visitor.visit_stmt(child);
            }
            for child in *finalbody {
                visitor.visit_stmt(child);
            }
        }
        StmtKind::Assert { test, msg } => {
            visitor.visit_expr(test);
            if let Some(child) = *msg {
                visitor.visit_expr(child);
            }
        }
        StmtKind::Import { names } => {
            for child in *names {
                visitor.visit_alias(child);
            }
        }
        StmtKind::ImportFrom { names, .. } => {
            for child in *names {
                visitor.visit_alias(child);
            }
        }
        StmtKind::Global { .. } => {}
        StmtKind::Nonlocal { .. } => {}
        StmtKind::Expr { value } => {
            visitor.visit_expr(value);
        }
        StmtKind::Pass => {}
        StmtKind::Break => {}
        StmtKind::Continue => {}
    }
}

/// Visits the children of a `expr`.
pub fn walk_expr<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, node: &'a Expr<'a>) {
    match &node.kind {
        ExprKind::BoolOp { values, .. } => {
            for child in *values {
                visitor.visit_expr(child);
            }
        }
        ExprKind::NamedExpr { target, value } => {
            visitor.visit_expr(target);
            visitor.visit_expr(value);
        }
        ExprKind::BinOp { left, right, .. } => {
            visitor.visit_expr(left);
            visitor.visit_expr(right);
        }
        ExprKind::UnaryOp { operand, .. } => {
            visitor.visit_expr(operand);
        }
        ExprKind::Lambda { args, body } => {
            visitor.visit_arguments(args);
            visitor.visit_expr(body);
        }
        ExprKind::IfExp { test, body, orelse } => {
            visitor.visit_expr(test);
            visitor.visit_expr(body);
            visitor.visit_expr(orelse);
        }
        ExprKind::Dict { keys, values } => {
            for child in keys.iter().flatten() {
                visitor.visit_expr(child);
            }
            for child in *values {
                visitor.visit_expr(child);
            }
        }
        ExprKind::Set { elts } => {
            for child in *elts {
                visitor.visit_expr(child);
            }
        }
        ExprKind::ListComp { elt, generators } => {
            visitor.visit_expr(elt);
            for child in *generators {
                visitor.visit_comprehension(child);
            }
        }
        ExprKind::SetComp { elt, generators } => {
            visitor.visit_expr(elt);
            for child in *generators {
                visitor.visit_comprehension(child);
            }
        }
        ExprKind::DictComp { key, value, generators } => {
            visitor.visit_expr(key);
            visitor.visit_expr(value);
            for child in *generators {
                visitor.visit_comprehension(child);
            }
        }
        ExprKind::GeneratorExp { elt, generators } => {
            visitor.visit_expr(elt);
            for child in *generators {
                visitor.visit_comprehension(child);
            }
        }
        ExprKind::Await { value } => {
            visitor.visit_expr(value);
        }
        ExprKind::Yield { value } => {
            if let Some(child) = *value {
                visitor.visit_expr(child);
            }
        }
        ExprKind::YieldFrom { value } => {
            visitor.visit_expr(value);
        }
        ExprKind::Compare { left, comparators, .. } => {
            visitor.visit_expr(left);
            for child in *comparators {
                visitor.visit_expr(child);
            }
        }
        ExprKind::Call { func, args, keywords } => {
            visitor.visit_expr(func);
            for child in *args {
                visitor.visit_expr(child);
            }
            for child in *keywords {
                visitor.visit_keyword(child);
            }
        }
        ExprKind::FormattedValue { value, format_spec, .. } => {
            visitor.visit_expr(value);
            if let Some(child) = *format_spec {
                visitor.visit_expr(child);
            }
        }
        ExprKind::Interpolation { value, format_spec, .. } => {
            visitor.visit_expr(value);
            if let Some(child) = *format_spec {
                visitor.visit_expr(child);
            }
        }
        ExprKind::JoinedStr { values } => {
            for child in *values {
                visitor.visit_expr(child);
            }
        }
        ExprKind::TemplateStr { values } => {
            for child in *values {
                visitor.visit_expr(child);
            }
        }
        ExprKind::Constant { .. } => {}
        ExprKind::Attribute { value, .. } => {
            visitor.visit_expr(value);
        }
        ExprKind::Subscript { value, slice, .. } => {
            visitor.visit_expr(value);
            visitor.visit_expr(slice);
        }
        ExprKind::Starred { value, .. } => {
            visitor.visit_expr(value);
        }
        ExprKind::Name { .. } => {}
        ExprKind::List { elts, .. } => {
            for child in *elts {
                visitor.visit_expr(child);
            }
        }
        ExprKind::Tuple { elts, .. } => {
            for child in *elts {
                visitor.visit_expr(child);
            }
        }
        ExprKind::Slice { lower, upper, step } => {
            if let Some(child) = *lower {
                visitor.visit_expr(child);
            }
            if let Some(child) = *upper {
                visitor.visit_expr(child);
            }
            if let Some(child) = *step {
                visitor.visit_expr(child);
            }
        }
    }
}

/// Visits the children of a `comprehension`.
pub fn walk_comprehension<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, node: &'a Comprehension<'a>) {
    visitor.visit_expr(node.target);
    visitor.visit_expr(node.iter);
    for child in node.ifs {
        visitor.visit_expr(child);
    }
}

/// Visits the children of a `excepthandler`.
pub fn walk_excepthandler<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, node: &'a ExceptHandler<'a>) {
    if let Some(child) = node.type_ {
        visitor.visit_expr(child);
    }
    for child in node.body {
        visitor.visit_stmt(child);
    }
}

/// Visits the children of a `arguments`.
pub fn walk_arguments<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, node: &'a Arguments<'a>) {
    for child in node.posonlyargs {
        visitor.visit_arg(child);
    }
    for child in node.args {
        visitor.visit_arg(child);
    }
    if let Some(child) = node.vararg {
        visitor.visit_arg(child);
    }
    for child in node.kwonlyargs {
        visitor.visit_arg(child);
    }
    for child in node.kw_defaults.iter().flatten() {
        visitor.visit_expr(child);
    }
    if let Some(child) = node.kwarg {
        visitor.visit_arg(child);
    }
    for child in node.defaults {
        visitor.visit_expr(child);
    }
}

/// Visits the children of a `arg`.
pub fn walk_arg<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, node: &'a Arg<'a>) {
    if let Some(child) = node.annotation {
        visitor.visit_expr(child);
    }
}

/// Visits the children of a `keyword`.
pub fn walk_keyword<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, node: &'a Keyword<'a>) {
    visitor.visit_expr(node.value);
}

/// Visits the children of a `alias`.
pub fn walk_alias<'a, V: Visitor<'a> + ?Sized>(_visitor: &mut V, _node: &'a Alias<'a>) {}

/// Visits the children of a `withitem`.
pub fn walk_withitem<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, node: &'a WithItem<'a>) {
    visitor.visit_expr(node.context_expr);
    if let Some(child) = node.optional_vars {
        visitor.visit_expr(child);
    }
}

/// Visits the children of a `match_case`.
pub fn walk_match_case<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, node: &'a MatchCase<'a>) {
    visitor.visit_pattern(node.pattern);
    if let Some(child) = node.guard {
        visitor.visit_expr(child);
    }
    for child in node.body {
        visitor.visit_stmt(child);
    }
}

/// Visits the children of a `pattern`.
pub fn walk_pattern<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, node: &'a Pattern<'a>) {
    match &node.kind {
        PatternKind::MatchValue { value } => {
            visitor.visit_expr(value);
        }
        PatternKind::MatchSingleton { .. } => {}
        PatternKind::MatchSequence { patterns } => {
            for child in *patterns {
                visitor.visit_pattern(child);
            }
        }
        PatternKind::MatchMapping { keys, patterns, .. } => {
            for child in *keys {
                visitor.visit_expr(child);
            }
            for child in *patterns {
                visitor.visit_pattern(child);
            }
        }
        PatternKind::MatchClass { cls, patterns, kwd_patterns, .. } => {
            visitor.visit_expr(cls);
            for child in *patterns {
                visitor.visit_pattern(child);
            }
            for child in *kwd_patterns {
                visitor.visit_pattern(child);
            }
        }
        PatternKind::MatchStar { .. } => {}
        PatternKind::MatchAs { pattern, .. } => {
            if let Some(child) = *pattern {
                visitor.visit_pattern(child);
            }
        }
        PatternKind::MatchOr { patterns } => {
            for child in *patterns {
                visitor.visit_pattern(child);
            }
        }
    }
}

/// Visits the children of a `type_ignore`.
pub fn walk_type_ignore<'a, V: Visitor<'a> + ?Sized>(_visitor: &mut V, _node: &'a TypeIgnore<'a>) {}

/// Visits the children of a `type_param`.
pub fn walk_type_param<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, node: &'a TypeParam<'a>) {
    match &node.kind {
        TypeParamKind::TypeVar { bound, default_value, .. } => {
            if let Some(child) = *bound {
                visitor.visit_expr(child);
            }
            if let Some(child) = *default_value {
                visitor.visit_expr(child);
            }
        }
        TypeParamKind::ParamSpec { default_value, .. } => {
            if let Some(child) = *default_value {
                visitor.visit_expr(child);
            }
        }
        TypeParamKind::TypeVarTuple { default_value, .. } => {
            if let Some(child) = *default_value {
                visitor.visit_expr(child);
            }
        }
    }
}
