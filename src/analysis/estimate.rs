//! From rows to [`Results`](crate::analysis::results::Results).
