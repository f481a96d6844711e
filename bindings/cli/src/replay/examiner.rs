//! One person's log, played through: questions are asked as they come up, and answered when the log answers them.

use foretap_core::habits::{Corrector, Habits, Moment, Query};
use foretap_core::{Event, EventKind, Item};

/// Someone who asks questions while a log is played.
pub trait Examiner {
    /// A question that was asked, until it is answered.
    type Asked;

    /// A question that the coming launch poses, right before it; `None` to ask nothing.
    fn ask(&mut self, habits: &Habits, query: &Query<'_>) -> Option<Self::Asked>;

    /// What was shown with the questions just asked, as impressions: told to the habits before the coming launch.
    fn shown(&mut self) -> Vec<Event> {
        Vec::new()
    }

    /// The item that was opened after the question.
    fn answered(&mut self, asked: Self::Asked, target: &Item);

    /// The event comes next; these are the habits before it.
    fn coming(&mut self, _habits: &Habits, _event: &Event) {}

    /// The event was learned.
    fn played(&mut self, _event: &Event) {}
}

/// Plays a log through these habits. The question of a session that begins with the item in front is answered by the
/// first other item of the session, or not at all.
pub fn examine<E: Examiner>(
    events: &[Event],
    habits: &mut Habits,
    corrector: Option<&dyn Corrector>,
    examiner: &mut E,
) {
    let mut waiting: Option<E::Asked> = None;
    for event in events {
        examiner.coming(habits, event);
        let posed = habits.posed(event);
        let current = habits.last_three()[0].cloned();
        if posed.iter().any(|question| question.moment == Moment::UnlockOrResume) {
            waiting = None;
        }
        let mut asked: Vec<(bool, E::Asked)> = Vec::new();
        for question in &posed {
            let query = Query { moment: question.moment, now: question.now, context: &question.context };
            asked.extend(examiner.ask(habits, &query).map(|asked| (question.is_answered, asked)));
        }
        examiner.shown().iter().for_each(|impression| habits.apply(impression, corrector));
        let openings = habits.openings();
        habits.apply(event, corrector);
        if let EventKind::Launch(item) = &event.kind
            && habits.openings() > openings
        {
            let is_other = current.as_ref() != Some(item);
            if let Some(question) = waiting.take_if(|_| is_other) {
                asked.push((true, question));
            }
            for (is_answered, question) in asked {
                if is_answered {
                    examiner.answered(question, item);
                } else {
                    waiting = Some(question);
                }
            }
        }
        examiner.played(event);
    }
}
