//! When a run has told enough: the intervals of its promises are narrow enough.

use super::estimate::TargetInput;
use super::interval::share;
use crate::observe::columns::Layout;
use crate::statistics::Proportion;
use crate::store::Piece;

/// What is asked of one promise: half the width of its interval.
struct Wanted {
    target: TargetInput,
    half_width: f64,
    kept: u64,
}

/// A rule that is looked at after each round.
pub struct Precision {
    wanted: Vec<Wanted>,
    seen: u32,
}

impl Precision {
    /// From half widths of all promises, or of those that are named.
    ///
    /// # Errors
    /// A promise that there is not, or none at all, in words.
    pub fn new(targets: Vec<TargetInput>, asked: &[(Option<String>, f64)]) -> Result<Self, String> {
        if targets.is_empty() {
            return Err("a precision is that of promises, and the scenario has no `targets`".to_owned());
        }
        if let Some((Some(id), _)) = asked.iter().find(|(id, _)| {
            let is_there = |id: &String| targets.iter().any(|target| target.id == *id);
            !id.as_ref().is_none_or(is_there)
        }) {
            let ids: Vec<&str> = targets.iter().map(|target| target.id.as_str()).collect();
            return Err(format!("there is no target {id}: there are {}", ids.join(", ")));
        }
        let half_width = |target: &TargetInput| {
            let named = asked.iter().find(|(id, _)| id.as_ref() == Some(&target.id));
            named
                .or_else(|| asked.iter().find(|(id, _)| id.is_none()))
                .map(|(_, half)| *half)
        };
        let wanted = targets.into_iter().filter_map(|target| {
            half_width(&target).map(|half_width| Wanted {
                target,
                half_width,
                kept: 0,
            })
        });
        Ok(Self {
            wanted: wanted.collect(),
            seen: 0,
        })
    }

    /// Counts what is new among these pieces, which follow each other, up to the end of a round.
    ///
    /// # Errors
    /// Those of reading a piece.
    pub fn look<'a>(
        &mut self,
        layout: &Layout,
        pieces: impl Iterator<Item = &'a Piece>,
        end: u32,
    ) -> std::io::Result<()> {
        let mut cells = Vec::new();
        let news = self.seen..end;
        for piece in pieces.filter(|piece| news.contains(&piece.first())) {
            for wanted in &mut self.wanted {
                let measure = &wanted.target.measure;
                piece.column(measure.column(layout), &mut cells)?;
                wanted.kept += cells.iter().filter(|&&cell| measure.is_kept(cell)).count() as u64;
            }
        }
        self.seen = end;
        Ok(())
    }

    /// The promises whose intervals are still too wide after what was looked at.
    pub fn missed(&self) -> Vec<&str> {
        let is_missed = |wanted: &&Wanted| {
            let share = share(
                &Proportion::new(wanted.kept, u64::from(self.seen)),
                wanted.target.confidence,
            );
            (share.high - share.low) / 2.0 > wanted.half_width
        };
        let missed = self.wanted.iter().filter(is_missed);
        missed.map(|wanted| wanted.target.id.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::estimate::TargetMeasure;
    use crate::observe::columns::LayoutInput;
    use crate::store::Row;

    fn target(id: &str) -> TargetInput {
        TargetInput {
            id: id.to_owned(),
            text: String::new(),
            measure: TargetMeasure::WholeBackWithin { within_us: 10 },
            required: 0.5,
            confidence: 0.95,
        }
    }

    /// Rows of which every fourth keeps the promise.
    fn piece(layout: &Layout, first: u32, len: u32) -> Piece {
        let row = |replication: u32| {
            let mut cells = vec![0; layout.width()];
            cells[layout.whole_rta()] = if replication.is_multiple_of(4) { 1 } else { 100 };
            Row {
                replication,
                cells: cells.into(),
            }
        };
        Piece::of(&(first..first + len).map(row).collect::<Vec<_>>())
    }

    /// A share of a quarter has an interval of ±1.96 · √(3/16 / n): ±1.33 points for 4,096, ±0.94 for 8,192.
    #[test]
    fn it_is_reached_when_the_interval_is_narrow_enough() {
        let layout = Layout::new(LayoutInput::default());
        let mut precision = Precision::new(vec![target("a")], &[(None, 0.01)]).expect("a target");
        let (first, second) = (piece(&layout, 0, 4_096), piece(&layout, 4_096, 4_096));
        precision
            .look(&layout, [&first, &second].into_iter(), 4_096)
            .expect("memory");
        assert_eq!(precision.missed(), ["a"]);
        precision
            .look(&layout, [&first, &second].into_iter(), 8_192)
            .expect("memory");
        assert!(precision.missed().is_empty());
        assert_eq!(precision.wanted[0].kept, 2_048);
    }

    #[test]
    fn promises_are_named_or_all_are_meant() {
        let targets = || vec![target("a"), target("b")];
        let of = |asked: &[(Option<String>, f64)]| {
            let precision = Precision::new(targets(), asked)?;
            Ok::<_, String>(
                precision
                    .wanted
                    .iter()
                    .map(|wanted| wanted.half_width)
                    .collect::<Vec<_>>(),
            )
        };
        assert_eq!(of(&[(None, 0.5)]), Ok(vec![0.5, 0.5]));
        assert_eq!(of(&[(Some("b".into()), 0.25)]), Ok(vec![0.25]));
        assert_eq!(of(&[(None, 0.5), (Some("b".into()), 0.25)]), Ok(vec![0.5, 0.25]));
        assert_eq!(
            of(&[(Some("c".into()), 0.25)]),
            Err("there is no target c: there are a, b".to_owned())
        );
        assert!(Precision::new(Vec::new(), &[(None, 0.5)]).is_err());
    }
}
