//! Expressions back to text, for annotations that are kept as text (PEP 563): one canonical spelling, with as few
//! parentheses as the grammar allows.
//!
//! Each kind of expression has a precedence; an operand of lower precedence than its place asks for is put in
//! parentheses.

use num_bigint::{BigUint, Sign};
use taipan_ast::{
    Arg, Arguments, BoolOp, CmpOp, Comprehension, Constant, Expr, ExprKind, Int, Keyword, Operator, UnaryOp,
    Wtf8,
};
use taipan_bytecode::Wtf8Buf;
use taipan_kernels::{float, unicode};

use crate::error::Result;
use crate::stack::StackLimit;

/// From the loosest binding to the tightest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Level(u8);

impl Level {
    const TUPLE: Level = Level(0);
    const TEST: Level = Level(1);
    const OR: Level = Level(2);
    const AND: Level = Level(3);
    const NOT: Level = Level(4);
    const CMP: Level = Level(5);
    const EXPR: Level = Level(6);
    const BXOR: Level = Level(7);
    const BAND: Level = Level(8);
    const SHIFT: Level = Level(9);
    const ARITH: Level = Level(10);
    const TERM: Level = Level(11);
    const FACTOR: Level = Level(12);
    const POWER: Level = Level(13);
    const AWAIT: Level = Level(14);
    const ATOM: Level = Level(15);

    fn next(self) -> Level {
        Level(self.0 + 1)
    }
}

/// What stands for infinity, which has no literal.
const INFINITY: &str = "1e309";

/// The text of an annotation.
pub(super) fn expression(expr: &Expr<'_>, limit: StackLimit) -> Result<Wtf8Buf> {
    let mut writer = Writer::new(limit);
    writer.expr(expr, Level::TEST);
    writer.outcome?;
    Ok(Wtf8Buf::from(writer.text))
}

fn write_escaped(text: &mut String, quote: char, code_points: impl Iterator<Item = u32>, bytes: bool) {
    for point in code_points {
        match char::from_u32(point) {
            Some(c) if c == quote || c == '\\' => text.extend(['\\', c]),
            Some('\t') => text.push_str("\\t"),
            Some('\n') => text.push_str("\\n"),
            Some('\r') => text.push_str("\\r"),
            Some(c @ ' '..='~') => text.push(c),
            Some(c) if !bytes && point > 0x7F && unicode::is_printable(point) => text.push(c),
            _ if point < 0x100 => text.push_str(&format!("\\x{point:02x}")),
            _ if point < 0x1_0000 => text.push_str(&format!("\\u{point:04x}")),
            _ => text.push_str(&format!("\\U{point:08x}")),
        }
    }
}

fn write_str_repr(text: &mut String, value: &Wtf8) {
    let quotes = value.as_bytes().contains(&b'\'') && !value.as_bytes().contains(&b'"');
    let quote = if quotes { '"' } else { '\'' };
    text.push(quote);
    write_escaped(text, quote, value.code_points(), false);
    text.push(quote);
}

fn write_bytes_repr(text: &mut String, value: &[u8]) {
    let quote = if value.contains(&b'\'') && !value.contains(&b'"') { '"' } else { '\'' };
    text.push('b');
    text.push(quote);
    write_escaped(text, quote, value.iter().map(|&byte| u32::from(byte)), true);
    text.push(quote);
}

fn int_text(value: Int<'_>) -> String {
    let sign = if value.negative { Sign::Minus } else { Sign::Plus };
    num_bigint::BigInt::from_biguint(sign, BigUint::from_slice(value.limbs)).to_string()
}

/// `repr` of a constant.
pub(super) fn constant_repr(value: Constant<'_>) -> String {
    let mut text = String::new();
    write_constant(&mut text, value);
    text
}

fn write_constant(text: &mut String, value: Constant<'_>) {
    match value {
        Constant::None => text.push_str("None"),
        Constant::Bool(true) => text.push_str("True"),
        Constant::Bool(false) => text.push_str("False"),
        Constant::Ellipsis => text.push_str("Ellipsis"),
        Constant::Int(value) => text.push_str(&int_text(value)),
        Constant::Float(value) => text.push_str(&float::repr(value)),
        Constant::Complex { real, imag } => text.push_str(&float::format::complex_repr(real, imag)),
        Constant::Str(value) => write_str_repr(text, value),
        Constant::Bytes(value) => write_bytes_repr(text, value),
        Constant::Tuple(items) => {
            text.push('(');
            write_items(text, items);
            text.push_str(if items.len() == 1 { ",)" } else { ")" });
        }
        Constant::FrozenSet(items) => {
            text.push_str("frozenset({");
            write_items(text, items);
            text.push_str("})");
        }
    }
}

fn write_items(text: &mut String, items: &[Constant<'_>]) {
    for (index, &item) in items.iter().enumerate() {
        if index > 0 {
            text.push_str(", ");
        }
        write_constant(text, item);
    }
}

struct Writer {
    text: String,
    limit: StackLimit,
    /// Whether the expression was too deep to be written whole.
    outcome: Result,
}

impl Writer {
    fn new(limit: StackLimit) -> Self {
        Writer { text: String::new(), limit, outcome: Ok(()) }
    }

    fn put(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Writes with parentheses around, if `level` asks for more than `own`.
    fn grouped(&mut self, level: Level, own: Level, write: impl FnOnce(&mut Self)) {
        let group = level > own;
        if group {
            self.put("(");
        }
        write(self);
        if group {
            self.put(")");
        }
    }

    fn separated(&mut self, exprs: &[Expr<'_>], level: Level) {
        for (index, expr) in exprs.iter().enumerate() {
            if index > 0 {
                self.put(", ");
            }
            self.expr(expr, level);
        }
    }

    fn expr(&mut self, expr: &Expr<'_>, level: Level) {
        if let Err(error) = self.limit.check() {
            self.outcome = Err(error);
            return;
        }
        match expr.kind {
            ExprKind::BoolOp { op, values } => self.bool_op(op, values, level),
            ExprKind::BinOp { left, op, right } => self.binary(left, op, right, level),
            ExprKind::UnaryOp { op, operand } => {
                let (sign, own) = match op {
                    UnaryOp::Invert => ("~", Level::FACTOR),
                    UnaryOp::Not => ("not ", Level::NOT),
                    UnaryOp::UAdd => ("+", Level::FACTOR),
                    UnaryOp::USub => ("-", Level::FACTOR),
                };
                self.grouped(level, own, |this| {
                    this.put(sign);
                    this.expr(operand, own);
                });
            }
            ExprKind::Lambda { args, body } => self.grouped(level, Level::TEST, |this| {
                this.put(if args.args.is_empty() && args.posonlyargs.is_empty() {
                    "lambda"
                } else {
                    "lambda "
                });
                this.arguments(args);
                this.put(": ");
                this.expr(body, Level::TEST);
            }),
            ExprKind::IfExp { test, body, orelse } => self.grouped(level, Level::TEST, |this| {
                this.expr(body, Level::TEST.next());
                this.put(" if ");
                this.expr(test, Level::TEST.next());
                this.put(" else ");
                this.expr(orelse, Level::TEST);
            }),
            ExprKind::Compare { left, ops, comparators } => self.grouped(level, Level::CMP, |this| {
                this.expr(left, Level::CMP.next());
                for (&op, comparator) in ops.iter().zip(comparators) {
                    this.put(compare_text(op));
                    this.expr(comparator, Level::CMP.next());
                }
            }),
            ExprKind::Call { func, args, keywords } => self.call(func, args, keywords),
            ExprKind::Attribute { value, attr, .. } => {
                self.expr(value, Level::ATOM);
                // `1.real` would read as a float.
                let int = matches!(value.kind, ExprKind::Constant { value: Constant::Int(_), .. });
                self.put(if int { " ." } else { "." });
                self.put(attr);
            }
            ExprKind::Subscript { value, slice, .. } => {
                self.expr(value, Level::ATOM);
                self.put("[");
                self.expr(slice, Level::TUPLE);
                self.put("]");
            }
            ExprKind::Starred { value, .. } => {
                self.put("*");
                self.expr(value, Level::EXPR);
            }
            ExprKind::Name { id, .. } => self.put(id),
            ExprKind::Constant { value, kind } => self.constant(value, kind),
            ExprKind::Await { value } => self.grouped(level, Level::AWAIT, |this| {
                this.put("await ");
                this.expr(value, Level::ATOM);
            }),
            ExprKind::Yield { value } => {
                self.put("(yield");
                if let Some(value) = value {
                    self.put(" ");
                    self.expr(value, Level::TEST);
                }
                self.put(")");
            }
            ExprKind::YieldFrom { value } => {
                self.put("(yield from ");
                self.expr(value, Level::TEST);
                self.put(")");
            }
            ExprKind::NamedExpr { target, value } => self.grouped(level, Level::TUPLE, |this| {
                this.expr(target, Level::ATOM);
                this.put(" := ");
                this.expr(value, Level::ATOM);
            }),
            _ => self.display(expr, level),
        }
    }

    fn display(&mut self, expr: &Expr<'_>, level: Level) {
        match expr.kind {
            ExprKind::Tuple { elts: [], .. } => self.put("()"),
            ExprKind::Tuple { elts, .. } => self.grouped(level, Level::TUPLE, |this| {
                this.separated(elts, Level::TEST);
                if elts.len() == 1 {
                    this.put(",");
                }
            }),
            ExprKind::List { elts, .. } => self.bracketed("[", elts, "]"),
            ExprKind::Set { elts } => self.bracketed("{", elts, "}"),
            ExprKind::Dict { keys, values } => {
                self.put("{");
                for (index, (key, value)) in keys.iter().zip(values).enumerate() {
                    if index > 0 {
                        self.put(", ");
                    }
                    match key {
                        Some(key) => {
                            self.expr(key, Level::TEST);
                            self.put(": ");
                            self.expr(value, Level::TEST);
                        }
                        None => {
                            self.put("**");
                            self.expr(value, Level::EXPR);
                        }
                    }
                }
                self.put("}");
            }
            ExprKind::ListComp { elt, generators } => self.comprehension("[", elt, None, generators, "]"),
            ExprKind::SetComp { elt, generators } => self.comprehension("{", elt, None, generators, "}"),
            ExprKind::GeneratorExp { elt, generators } => {
                self.comprehension("(", elt, None, generators, ")");
            }
            ExprKind::DictComp { key, value, generators } => {
                self.comprehension("{", key, Some(value), generators, "}");
            }
            ExprKind::Slice { lower, upper, step } => {
                if let Some(lower) = lower {
                    self.expr(lower, Level::TEST);
                }
                self.put(":");
                if let Some(upper) = upper {
                    self.expr(upper, Level::TEST);
                }
                if let Some(step) = step {
                    self.put(":");
                    self.expr(step, Level::TEST);
                }
            }
            ExprKind::JoinedStr { values } => self.string_with_fields("f", values),
            ExprKind::TemplateStr { values } => self.string_with_fields("t", values),
            ExprKind::FormattedValue { .. } | ExprKind::Interpolation { .. } => {
                self.string_with_fields("f", std::slice::from_ref(expr));
            }
            _ => {}
        }
    }

    fn bracketed(&mut self, open: &str, elts: &[Expr<'_>], close: &str) {
        self.put(open);
        self.separated(elts, Level::TEST);
        self.put(close);
    }

    fn bool_op(&mut self, op: BoolOp, values: &[Expr<'_>], level: Level) {
        let (word, own) = match op {
            BoolOp::And => (" and ", Level::AND),
            BoolOp::Or => (" or ", Level::OR),
        };
        self.grouped(level, own, |this| {
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    this.put(word);
                }
                this.expr(value, own.next());
            }
        });
    }

    fn binary(&mut self, left: &Expr<'_>, op: Operator, right: &Expr<'_>, level: Level) {
        let (sign, own) = match op {
            Operator::Add => (" + ", Level::ARITH),
            Operator::Sub => (" - ", Level::ARITH),
            Operator::Mult => (" * ", Level::TERM),
            Operator::MatMult => (" @ ", Level::TERM),
            Operator::Div => (" / ", Level::TERM),
            Operator::Mod => (" % ", Level::TERM),
            Operator::FloorDiv => (" // ", Level::TERM),
            Operator::LShift => (" << ", Level::SHIFT),
            Operator::RShift => (" >> ", Level::SHIFT),
            Operator::BitOr => (" | ", Level::EXPR),
            Operator::BitXor => (" ^ ", Level::BXOR),
            Operator::BitAnd => (" & ", Level::BAND),
            Operator::Pow => (" ** ", Level::POWER),
        };
        let (left_level, right_level) =
            if op == Operator::Pow { (own.next(), own) } else { (own, own.next()) };
        self.grouped(level, own, |this| {
            this.expr(left, left_level);
            this.put(sign);
            this.expr(right, right_level);
        });
    }

    fn call(&mut self, func: &Expr<'_>, args: &[Expr<'_>], keywords: &[Keyword<'_>]) {
        self.expr(func, Level::ATOM);
        if let ([only], []) = (args, keywords)
            && matches!(only.kind, ExprKind::GeneratorExp { .. })
        {
            self.expr(only, Level::TEST);
            return;
        }
        self.put("(");
        self.separated(args, Level::TEST);
        for (index, keyword) in keywords.iter().enumerate() {
            if index > 0 || !args.is_empty() {
                self.put(", ");
            }
            match keyword.arg {
                Some(name) => {
                    self.put(name);
                    self.put("=");
                }
                None => self.put("**"),
            }
            self.expr(keyword.value, Level::TEST);
        }
        self.put(")");
    }

    fn comprehension(
        &mut self,
        open: &str,
        elt: &Expr<'_>,
        value: Option<&Expr<'_>>,
        generators: &[Comprehension<'_>],
        close: &str,
    ) {
        self.put(open);
        self.expr(elt, Level::TEST);
        if let Some(value) = value {
            self.put(": ");
            self.expr(value, Level::TEST);
        }
        for generator in generators {
            self.put(if generator.is_async != 0 { " async for " } else { " for " });
            self.expr(generator.target, Level::TUPLE);
            self.put(" in ");
            self.expr(generator.iter, Level::TEST.next());
            for test in generator.ifs {
                self.put(" if ");
                self.expr(test, Level::TEST.next());
            }
        }
        self.put(close);
    }

    fn arg(&mut self, arg: &Arg<'_>, default: Option<&Expr<'_>>) {
        self.put(arg.arg);
        if let Some(annotation) = arg.annotation {
            self.put(": ");
            self.expr(annotation, Level::TEST);
        }
        if let Some(default) = default {
            self.put("=");
            self.expr(default, Level::TEST);
        }
    }

    fn arguments(&mut self, args: &Arguments<'_>) {
        let mut first = true;
        let mut comma = |this: &mut Self| {
            if !std::mem::replace(&mut first, false) {
                this.put(", ");
            }
        };
        let positional = args.posonlyargs.len() + args.args.len();
        let without_default = positional.saturating_sub(args.defaults.len());
        for (index, arg) in args.posonlyargs.iter().chain(args.args).enumerate() {
            comma(self);
            let default = index.checked_sub(without_default).and_then(|index| args.defaults.get(index));
            self.arg(arg, default);
            if index + 1 == args.posonlyargs.len() {
                self.put(", /");
            }
        }
        if args.vararg.is_some() || !args.kwonlyargs.is_empty() {
            comma(self);
            self.put("*");
            if let Some(vararg) = args.vararg {
                self.arg(vararg, None);
            }
        }
        for (index, arg) in args.kwonlyargs.iter().enumerate() {
            comma(self);
            self.arg(arg, args.kw_defaults.get(index).copied().flatten());
        }
        if let Some(kwarg) = args.kwarg {
            comma(self);
            self.put("**");
            self.arg(kwarg, None);
        }
    }

    fn constant(&mut self, value: Constant<'_>, kind: Option<&str>) {
        match value {
            Constant::Ellipsis => self.put("..."),
            Constant::Float(_) | Constant::Complex { .. } => {
                let text = constant_repr(value).replace("inf", INFINITY);
                self.put(&text);
            }
            _ => {
                self.put(kind.unwrap_or_default());
                write_constant(&mut self.text, value);
            }
        }
    }

    /// An f-string or t-string: its body is put together first, and then quoted as one.
    fn string_with_fields(&mut self, prefix: &str, values: &[Expr<'_>]) {
        let mut body = Vec::new();
        self.fields(&mut body, values);
        self.put(prefix);
        write_str_repr(&mut self.text, Wtf8::from_bytes(&body));
    }

    /// The parts of an f-string between its quotes.
    fn fields(&mut self, body: &mut Vec<u8>, values: &[Expr<'_>]) {
        for value in values {
            match value.kind {
                ExprKind::Constant { value: Constant::Str(text), .. } => {
                    for &byte in text.as_bytes() {
                        if matches!(byte, b'{' | b'}') {
                            body.push(byte);
                        }
                        body.push(byte);
                    }
                }
                ExprKind::FormattedValue { value, conversion, format_spec } => {
                    let around = std::mem::take(&mut self.text);
                    self.expr(value, Level::TEST.next());
                    let text = std::mem::replace(&mut self.text, around);
                    self.field(body, text.as_bytes(), conversion, format_spec);
                }
                ExprKind::Interpolation { str: Constant::Str(text), conversion, format_spec, .. } => {
                    self.field(body, text.as_bytes(), conversion, format_spec);
                }
                ExprKind::JoinedStr { values } => self.fields(body, values),
                _ => {}
            }
        }
    }

    fn field(&mut self, body: &mut Vec<u8>, text: &[u8], conversion: i32, format_spec: Option<&Expr<'_>>) {
        body.push(b'{');
        // Two braces would read as one of the text.
        if text.first() == Some(&b'{') {
            body.push(b' ');
        }
        body.extend_from_slice(text);
        if let Ok(letter) = u8::try_from(conversion) {
            body.extend_from_slice(&[b'!', letter]);
        }
        if let Some(spec) = format_spec {
            body.push(b':');
            self.fields(body, std::slice::from_ref(spec));
        }
        body.push(b'}');
    }
}

fn compare_text(op: CmpOp) -> &'static str {
    match op {
        CmpOp::Eq => " == ",
        CmpOp::NotEq => " != ",
        CmpOp::Lt => " < ",
        CmpOp::LtE => " <= ",
        CmpOp::Gt => " > ",
        CmpOp::GtE => " >= ",
        CmpOp::Is => " is ",
        CmpOp::IsNot => " is not ",
        CmpOp::In => " in ",
        CmpOp::NotIn => " not in ",
    }
}
