//! Why a token lets nobody in.

use citygauge_indicators::{Faults, Language, Text};

use crate::error::Failure;

/// One variant per reason; the sentences stand in `docs/oidc.md`.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    /// It has more characters than are read.
    TooLong,
    /// It is no signed token (JWS in its compact form, three parts).
    Malformed,
    /// Its algorithm is none of the list.
    Algorithm(String),
    /// It is a token for something else (`typ`).
    Type,
    /// It names no key, and the provider has several that fit, or none.
    Unnamed,
    /// The provider publishes no key of that name.
    UnknownKey,
    /// The key of that name is for another algorithm.
    UnfitKey,
    /// Somebody else has signed it, or changed it.
    Signature,
    /// Another provider has issued it.
    Issuer,
    /// It is meant for another service.
    Audience,
    /// Its time is over.
    Expired,
    /// Its time has not come.
    NotYet,
    /// A claim that it needs is absent or cannot be read.
    Claim(&'static str),
    /// It works only together with a proof of a key, which is not asked for here.
    Bound,
    /// None of its words is one that the configuration knows.
    NoRole(String),
    /// What it is limited to cannot be read.
    Limits(String),
    /// Its role needs cities, and it names none.
    NoCities,
    /// What it is limited to does not suit its role.
    Unsuited(Faults),
    /// The provider is away, and what is known of its keys does not do.
    Away,
}

impl Refusal {
    /// The sentence.
    #[must_use]
    pub fn text(&self) -> Text {
        let (zh, en) = match self {
            Self::Algorithm(name) => {
                let zh = format!("令牌的签名算法 {name} 不被接受");
                return Text::both(zh, format!("the token's algorithm {name} is not accepted"));
            }
            Self::Claim(name) => {
                let zh = format!("令牌缺少声明 {name}，或其内容无法识别");
                return Text::both(zh, format!("the token's claim {name} is absent or cannot be read"));
            }
            Self::NoRole(claim) => {
                let zh = format!("令牌的声明 {claim} 中没有对应本服务角色的内容");
                return Text::both(zh, format!("nothing in the token's claim {claim} stands for a role here"));
            }
            Self::Limits(claim) => {
                let zh = format!("令牌的声明 {claim} 应为代码或代码列表");
                return Text::both(zh, format!("the token's claim {claim} is neither a code nor a list of codes"));
            }
            Self::Unsuited(faults) => return unsuited(faults),
            Self::TooLong => ("令牌过长", "the token is too long"),
            Self::Malformed => ("令牌格式有误", "the token is malformed"),
            Self::Type => ("令牌的类型（typ）不是访问令牌", "the token's type (typ) is not that of an access token"),
            Self::Unnamed => (
                "令牌未指明密钥（kid），无法确定用哪一个核对",
                "the token names no key (kid), and which one it is is not certain",
            ),
            Self::UnknownKey => ("身份提供方没有公布令牌所指的密钥", "the provider publishes no key of the token's kid"),
            Self::UnfitKey => ("令牌的算法与其密钥不符", "the token's algorithm does not fit its key"),
            Self::Signature => ("令牌的签名不符", "the token's signature is wrong"),
            Self::Issuer => ("令牌由其他身份提供方签发", "the token was issued by another provider"),
            Self::Audience => ("令牌不是发给本服务的", "the token is meant for another service"),
            Self::Expired => ("令牌已过期", "the token has expired"),
            Self::NotYet => ("令牌尚未生效", "the token is not valid yet"),
            Self::Bound => ("令牌绑定了密钥（cnf），不能单独使用", "the token is bound to a key (cnf) and is not accepted alone"),
            Self::NoCities => {
                ("令牌的角色须限于城市，而令牌没有列出城市", "the token's role is limited to cities, and the token names none")
            }
            Self::Away => (
                "身份提供方不可用，暂时无法核对令牌；密钥仍可使用",
                "the identity provider is away, so that the token cannot be checked now; keys still work",
            ),
        };
        Text::both(zh, en)
    }
}

fn unsuited(faults: &Faults) -> Text {
    let said = |language| {
        let each = faults.0.iter().map(|fault| match &fault.hint {
            Some(hint) => format!("{} ({})", fault.message.get(language), hint.get(language)),
            None => fault.message.get(language).to_owned(),
        });
        each.collect::<Vec<_>>().join("; ")
    };
    Text::both(
        format!("令牌的范围与角色不符：{}", said(Language::Zh)),
        format!("what the token is limited to does not suit its role: {}", said(Language::En)),
    )
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let text = refusal.text();
        match refusal {
            Refusal::Away => Self::ProviderAway(text),
            Refusal::NoRole(_) | Refusal::Limits(_) | Refusal::NoCities | Refusal::Unsuited(_) => Self::Forbidden(text),
            _ => Self::Unauthenticated(text),
        }
    }
}
