//! Patterns of `match`: the names they capture.

use taipan_ast::{Pattern, PatternKind};

use super::builder::Builder;
use super::flags::DEF_LOCAL;
use crate::error::Result;

impl<'a> Builder<'_, 'a> {
    pub(super) fn visit_pattern(&mut self, pattern: &'a Pattern<'a>) -> Result {
        self.limit.check()?;
        match pattern.kind {
            PatternKind::MatchValue { value } => self.visit_expr(value),
            PatternKind::MatchSingleton { .. } => Ok(()),
            PatternKind::MatchSequence { patterns } | PatternKind::MatchOr { patterns } => {
                self.visit_patterns(patterns)
            }
            PatternKind::MatchMapping { keys, patterns, rest } => {
                self.visit_exprs(keys)?;
                self.visit_patterns(patterns)?;
                self.capture(rest, pattern)
            }
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
                self.visit_expr(cls)?;
                self.visit_patterns(patterns)?;
                self.check_keyword_patterns(kwd_attrs, kwd_patterns)?;
                self.visit_patterns(kwd_patterns)
            }
            PatternKind::MatchStar { name } => self.capture(name, pattern),
            PatternKind::MatchAs { pattern: inner, name } => {
                if let Some(inner) = inner {
                    self.visit_pattern(inner)?;
                }
                self.capture(name, pattern)
            }
        }
    }

    fn visit_patterns(&mut self, patterns: &'a [Pattern<'a>]) -> Result {
        patterns.iter().try_for_each(|pattern| self.visit_pattern(pattern))
    }

    fn capture(&mut self, name: Option<&'a str>, pattern: &'a Pattern<'a>) -> Result {
        match name {
            Some(name) => self.add_def(name, DEF_LOCAL, pattern.loc),
            None => Ok(()),
        }
    }
}
