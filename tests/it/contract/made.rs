//! Values made from the models keep every constraint; broken ones break what they say.

use std::collections::BTreeSet;

use super::{SERVICES, models};
use crate::support::expected::violations;
use crate::support::make::{Size, broken, make};
use crate::support::model::Model;
use crate::support::value::{from_cbor, from_json};

#[test]
fn the_models_have_a_hundred_and_fifty_operations() {
    for (service, operations) in SERVICES {
        assert_eq!(
            Model::read(service).operations().count(),
            operations,
            "{service}"
        );
    }
}

#[test]
fn minimal_and_maximal_values_break_nothing() {
    for model in models() {
        for operation in model.operations() {
            for id in operation.input().into_iter().chain(operation.output()) {
                for size in [Size::Minimal, Size::Maximal] {
                    let value = make(&model, id, size);
                    assert_eq!(
                        violations(&model, id, &value),
                        [],
                        "{size:?} {id}: {value:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn broken_values_break_something_unless_the_constraint_is_lifted() {
    for model in models() {
        for operation in model.operations() {
            let id = operation
                .input()
                .expect("each operation of the three has an input");
            for broken in broken(&model, id) {
                let found = violations(&model, id, &broken.value);
                let lifted = model.lifts(&broken.shape, &broken.constraint);
                assert_eq!(found.is_empty(), lifted, "{id}: {broken:?}");
            }
        }
    }
}

#[test]
fn every_constraint_that_an_input_can_reach_is_broken_once_at_least() {
    // Counted in the models by other means when they were imported: bounds, patterns, enums and required members of all
    // shapes that some input contains.
    let reached = models().map(|model| {
        let inputs = model
            .operations()
            .filter_map(|operation| Some(broken(&model, operation.input()?)));
        let broken: BTreeSet<_> = inputs
            .flatten()
            .map(|broken| (broken.shape, broken.constraint))
            .collect();
        broken.len()
    });
    assert_eq!(reached.collect::<Vec<_>>(), [178, 96, 394]);
}

#[test]
fn both_forms_on_the_wire_give_the_value_back() {
    for model in models() {
        for operation in model.operations() {
            for id in operation.input().into_iter().chain(operation.output()) {
                let value = make(&model, id, Size::Maximal);
                let json = from_json(&model, id, &serde_json::from_str(&value.to_json()).unwrap());
                assert_eq!(
                    crate::support::value::sorted(json),
                    crate::support::value::sorted(value.clone()),
                    "{id}"
                );
                let cbor: ciborium::Value = ciborium::from_reader(&value.to_cbor()[..]).unwrap();
                assert_eq!(from_cbor(&model, id, &cbor), value, "{id}");
            }
        }
    }
}
