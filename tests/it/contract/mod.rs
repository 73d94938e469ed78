//! The servers of the three services against their models: requests made from the model, in both protocols.
//!
//! | file | subject |
//! |---|---|
//! | `made` | the requests themselves: they keep, or break, what they should |

mod made;
