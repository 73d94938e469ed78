//! An error of the model, found by its name among those that an operation lists.
//!
//! Invariant: it is an error that the model lists for the operation, or `InvalidInputException` where none fits, with nothing
//! but its message.

use std::fmt;

use codedeploy_api::error::InvalidInputException;
use slipway_runtime::error_code;
use slipway_runtime::smithy::{
    HttpModeledError, OperationSchema, Schema, SerdeError, SerializableStruct, ShapeSerializer,
};

/// The error; `Display` gives code and message like the generated ones.
#[derive(Clone, Debug)]
pub struct Refused {
    operation: Option<&'static OperationSchema<'static>>,
    schema: &'static Schema<'static>,
    message: String,
}

impl Refused {
    /// `None` if the operation does not list `code`.
    pub fn listed(
        operation: &'static OperationSchema<'static>,
        code: &str,
        message: &str,
    ) -> Option<Self> {
        let schema = operation
            .errors()
            .iter()
            .find(|schema| schema.shape_id().shape_name() == code)?;
        Some(Self {
            operation: Some(operation),
            schema,
            message: message.to_owned(),
        })
    }

    /// For what no error of the operation says.
    pub fn general(message: &str) -> Self {
        Self {
            operation: None,
            schema: InvalidInputException::SCHEMA,
            message: message.to_owned(),
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", error_code(self.schema), self.message)
    }
}

impl std::error::Error for Refused {}

impl SerializableStruct for Refused {
    fn schema(&self) -> &Schema<'_> {
        self.schema
    }

    fn serialize_members(&self, serializer: &mut dyn ShapeSerializer) -> Result<(), SerdeError> {
        match self.schema.member_schema("message") {
            Some(member) => serializer.write_string(member, &self.message),
            None => Ok(()),
        }
    }
}

impl HttpModeledError for Refused {
    // Contract codedeploy §1.1: every modelled error.
    fn status_code(&self) -> u16 {
        400
    }

    fn operation_schema(&self) -> Option<&OperationSchema<'_>> {
        self.operation
    }
}
