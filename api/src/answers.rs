//! Answers that never change, kept in memory while there is room.
//!
//! The result of an assessment that has ended is final, and so is every answer read off it alone: here the ranking and the score cards.
//! What somebody sees of it is decided before it is looked up here.

use actix_web::HttpRequest;
use citygauge_indicators::Language;
use moka::sync::Cache;

use crate::answer::Answer;
use crate::error::Failure;
use crate::rounds::visibility::Sight;

/// The memory of answers; what was not asked for longest makes room.
#[derive(Debug)]
pub struct Answers(Cache<(Language, String), Answer>);

/// What an answer takes beside its body and its address: its headers and its place in the memory.
const BESIDE: usize = 512;

impl Answers {
    /// A memory of at most so many bytes; none with 0.
    #[must_use]
    pub fn of_bytes(most: u64) -> Self {
        let size = |(_, address): &(Language, String), answer: &Answer| {
            u32::try_from(address.len() + answer.body_to_keep().len() + BESIDE).unwrap_or(u32::MAX)
        };
        Self(Cache::builder().max_capacity(most).weigher(size).build())
    }

    /// The answer to a request of somebody with this sight: the one that is kept, or the one that is made now. What went wrong is not
    /// kept.
    pub async fn kept_or(
        &self,
        request: &HttpRequest,
        language: Language,
        sight: &Sight,
        make: impl AsyncFnOnce() -> Result<Answer, Failure>,
    ) -> Result<Answer, Failure> {
        let place = (language, format!("{} {}", sight.tag(), request.uri()));
        if let Some(answer) = self.0.get(&place) {
            return Ok(answer);
        }
        // On the heap, so that whoever finds an answer moves no more than that takes.
        let answer = Box::pin(make()).await?;
        self.0.insert(place, answer.clone());
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[actix_web::test]
    async fn what_was_made_is_kept_by_address_language_and_sight_and_failures_are_not() {
        let answers = Answers::of_bytes(1 << 20);
        let request = TestRequest::get().uri("/a?b=c").to_http_request();
        let other = TestRequest::get().uri("/a?b=d").to_http_request();
        let absent = answers.kept_or(&request, Language::En, &Sight::All, async || Err(Failure::absent("无", "none"))).await;
        assert!(absent.is_err());
        let mut made = 0;
        let own = Sight::Own(vec!["a".to_owned()]);
        for (request, language, sight) in [
            (&request, Language::En, &Sight::All),
            (&request, Language::En, &Sight::All),
            (&request, Language::Zh, &Sight::All),
            (&other, Language::En, &Sight::All),
            (&other, Language::En, &own),
        ] {
            let make = async || {
                made += 1;
                Ok(Answer::ok(&made))
            };
            answers.kept_or(request, language, sight, make).await.expect("an answer");
        }
        assert_eq!(made, 4);
    }

    #[actix_web::test]
    async fn a_memory_of_nothing_keeps_nothing() {
        let answers = Answers::of_bytes(0);
        let request = TestRequest::get().uri("/a").to_http_request();
        let mut made = 0;
        for _ in 0..2 {
            answers.0.run_pending_tasks();
            let make = async || {
                made += 1;
                Ok(Answer::ok(&made))
            };
            answers.kept_or(&request, Language::En, &Sight::All, make).await.expect("an answer");
        }
        assert_eq!(made, 2);
    }
}
