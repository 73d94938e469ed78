//! The clients that partners' workers act for: one per account and third-party action type.
//!
//! Invariant: who a client is follows from account and type alone; nothing is stored.
//
// On AWS a partner gets a client's token when the client connects to it. Here nobody connects to anybody.
// Differs from AWS: each account has one fixed client with each partner's action type; `GET /_slipway/third-party-clients` lists ids and tokens.

use super::super::{catalogue, errors, plan};
use super::rows::JobRow;
use crate::aws::Account;
use crate::engine::pipeline::plan::ActionKind;
use crate::engine::pipeline::providers;
use codepipeline_api::error::InvalidClientTokenException;
use codepipeline_api::model::{ActionCategory, ActionOwner, ActionTypeId};
use sha2::{Digest, Sha256};
use uuid::Builder;

/// A client and the token by which a worker proves that it acts for it. Both are lower-case UUIDs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    pub id: String,
    pub token: String,
}

/// The clients of an account, with the types they are of.
pub fn clients(account: &Account) -> Vec<(ActionTypeId, Client)> {
    let ids = catalogue::TYPES.iter().filter_map(id_of);
    let kinds = ids.map(|id| (plan::kind(&id), id));
    kinds
        .filter(|(kind, _)| kind.owner == "ThirdParty" && providers::is_for_workers(kind))
        .map(|(kind, id)| (id, client(account, &kind)))
        .collect()
}

fn id_of(kind: &catalogue::ActionType) -> Option<ActionTypeId> {
    let category = ActionCategory::try_from(kind.category).ok()?;
    let owner = ActionOwner::try_from(kind.owner).ok()?;
    Some(ActionTypeId::new(category, owner, kind.provider, "1"))
}

/// Whom the job is for.
pub fn of_job(row: &JobRow) -> Client {
    client(&row.pipeline.0.account, &row.record.action.kind)
}

/// Refuses a worker that acts for another client, or for none.
pub fn check(row: &JobRow, token: &str) -> Result<(), InvalidClientTokenException> {
    match of_job(row).token == token {
        true => Ok(()),
        false => Err(errors::invalid_client_token(&row.record.id)),
    }
}

fn client(account: &Account, kind: &ActionKind) -> Client {
    Client {
        id: uuid("client", account, kind),
        token: uuid("token", account, kind),
    }
}

fn uuid(what: &str, account: &Account, kind: &ActionKind) -> String {
    let name = format!(
        "third-party {what} {account} {}/{}/{}/{}",
        kind.owner, kind.category, kind.provider, kind.version
    );
    let digest: [u8; 32] = Sha256::digest(name).into();
    let mut head = [0; 16];
    head.copy_from_slice(&digest[..16]);
    Builder::from_custom_bytes(head).into_uuid().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_differ_by_account_and_their_tokens_from_their_ids() {
        let of = |account| clients(&Account::parse(account).unwrap());
        let (one, other) = (of("000000000000"), of("111111111111"));
        assert_eq!(one, of("000000000000"));
        assert_ne!(one, other);
        let providers: Vec<&str> = one.iter().map(|(id, _)| id.provider.as_str()).collect();
        assert_eq!(
            providers,
            ["AlexaSkillsKit"],
            "GitHub's actions are not done by workers"
        );
        assert!(one.iter().all(|(_, client)| client.id != client.token));
    }
}
