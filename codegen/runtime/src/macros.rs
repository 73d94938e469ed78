//! What every generated type of a kind has in common, so that generated files hold only what differs.

/// Schema of one member: `member!("com.amazonaws.x", "Shape", "member", index, Kind)`.
#[macro_export]
macro_rules! member {
    ($ns:literal, $shape:literal, $name:literal, $index:literal, $kind:ident) => {
        $crate::smithy::Schema::new_member(
            $crate::smithy::ShapeId::from_parts_with_member(
                concat!($ns, "#", $shape, "$", $name),
                $ns,
                $shape,
                $name,
            ),
            $crate::smithy::ShapeType::$kind,
            $name,
            $index,
        )
    };
}

/// A structure's schema: `structure_schema!("com.amazonaws.x", "Shape", &REFS)`.
#[macro_export]
macro_rules! structure_schema {
    ($ns:literal, $shape:literal, $members:expr) => {
        $crate::smithy::Schema::new_struct(
            $crate::smithy::ShapeId::from_parts(concat!($ns, "#", $shape), $ns, $shape),
            $crate::smithy::ShapeType::Structure,
            $members,
        )
    };
}

/// Everything a structure has beside its members, `read_members` and `serialize_members` (`WRITE`).
#[macro_export]
macro_rules! structure {
    ($name:ident) => {
        impl $name {
            /// The structure's schema.
            pub const SCHEMA: &'static $crate::smithy::Schema<'static> = &SCHEMA;
        }

        impl $crate::Value for $name {
            fn read(
                d: &mut dyn $crate::smithy::ShapeDeserializer,
                at: &mut $crate::Reader<'_>,
                _of: $crate::Target<'_>,
            ) -> ::core::result::Result<::core::option::Option<Self>, $crate::smithy::SerdeError>
            {
                <Self as $crate::Structure>::read_members(d, at)
            }

            fn write(
                &self,
                schema: &$crate::smithy::Schema<'_>,
                s: &mut dyn $crate::smithy::ShapeSerializer,
            ) -> ::core::result::Result<(), $crate::smithy::SerdeError> {
                s.write_struct(schema, self)
            }
        }

        impl ::core::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                $crate::redacted(self, f)
            }
        }

        impl $crate::smithy::serde::Serialize for $name {
            fn serialize<S: $crate::smithy::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::serialize(self, serializer)
            }
        }

        impl<'de> $crate::smithy::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::smithy::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::deserialize::<Self, D>(deserializer)
            }
        }
    };
}

/// Everything an enum has beside its variants: `enumeration!(Name, accepted: [A = "a"], answered: [B = "b"])`.
#[macro_export]
macro_rules! enumeration {
    ($name:ident, accepted: [$($accepted:ident = $text:literal),* $(,)?], answered: [$($answered:ident = $other:literal),* $(,)?]) => {
        impl $name {
            /// The model's values, in model order.
            pub const VALUES: &'static [&'static str] = &[$($text),*];

            /// Every value, those that only answers carry last.
            pub const ALL: &'static [Self] = &[$(Self::$accepted,)* $(Self::$answered,)*];

            /// The value's text on the wire.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$accepted => $text,)*
                    $(Self::$answered => $other,)*
                }
            }
        }

        impl $crate::Enumeration for $name {
            const VALUES: &'static [&'static str] = Self::VALUES;

            fn parse(text: &str) -> ::core::option::Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == text)
            }

            fn text(self) -> &'static str {
                self.as_str()
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::core::convert::AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl ::core::convert::TryFrom<&str> for $name {
            type Error = $crate::UnknownValue;

            fn try_from(text: &str) -> ::core::result::Result<Self, $crate::UnknownValue> {
                <Self as $crate::Enumeration>::parse(text).ok_or_else(|| $crate::UnknownValue {
                    text: text.to_owned(),
                    values: Self::VALUES,
                })
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = $crate::UnknownValue;

            fn from_str(text: &str) -> ::core::result::Result<Self, Self::Err> {
                Self::try_from(text)
            }
        }

        impl $crate::Value for $name {
            fn read(
                d: &mut dyn $crate::smithy::ShapeDeserializer,
                at: &mut $crate::Reader<'_>,
                of: $crate::Target<'_>,
            ) -> ::core::result::Result<::core::option::Option<Self>, $crate::smithy::SerdeError> {
                $crate::read_enum(d, at, of)
            }

            fn write(
                &self,
                schema: &$crate::smithy::Schema<'_>,
                s: &mut dyn $crate::smithy::ShapeSerializer,
            ) -> ::core::result::Result<(), $crate::smithy::SerdeError> {
                s.write_string(schema, self.as_str())
            }
        }

        impl $crate::smithy::serde::Serialize for $name {
            fn serialize<S: $crate::smithy::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::smithy::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::smithy::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::deserialize_enum(deserializer)
            }
        }
    };
}

/// What an error structure has beside those of a structure: `error!(Name, "Code", 400, fault: false)`.
#[macro_export]
macro_rules! error {
    ($name:ident, $code:literal, $status:literal, fault: $fault:literal) => {
        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                write!(f, "{}: {}", $code, self.message)
            }
        }

        impl ::std::error::Error for $name {}

        impl $crate::ModeledError for $name {
            const CODE: &'static str = $code;
            const STATUS: u16 = $status;
            const FAULT: bool = $fault;

            fn message(&self) -> &str {
                &self.message
            }
        }

        impl $crate::smithy::HttpModeledError for $name {
            fn status_code(&self) -> u16 {
                $status
            }
        }
    };
}

/// A whole error whose only member is its message, in a module of its own (the statics' names repeat).
#[macro_export]
macro_rules! message_error {
    ($ns:literal, $shape:literal, $module:ident, $name:ident, $code:literal, $status:literal, fault: $fault:literal, $traits:expr) => {
        mod $module {
            static MEMBERS: [$crate::smithy::Schema<'static>; 1] =
                [$crate::member!($ns, $shape, "message", 0, String)];
            static REFS: [&$crate::smithy::Schema<'static>; 1] = $crate::refs(&MEMBERS);
            static SCHEMA: $crate::smithy::Schema<'static> =
                $crate::structure_schema!($ns, $shape, &REFS).with_traits($traits);
            static SHAPE: $crate::StructureShape = $crate::StructureShape {
                schema: &SCHEMA,
                rules: &[],
                required: &[0],
            };

            #[doc = concat!("`", $shape, "` in the model.")]
            #[derive(Clone, PartialEq)]
            pub struct $name {
                pub message: ::std::string::String,
            }

            impl $name {
                pub fn new(message: impl ::core::convert::Into<::std::string::String>) -> Self {
                    Self { message: message.into() }
                }
            }

            impl $crate::Structure for $name {
                const SHAPE: &'static $crate::StructureShape = &SHAPE;

                fn read_members(
                    d: &mut dyn $crate::smithy::ShapeDeserializer,
                    at: &mut $crate::Reader<'_>,
                ) -> ::core::result::Result<::core::option::Option<Self>, $crate::smithy::SerdeError> {
                    let mut message = None;
                    at.structure(d, &SHAPE, &mut |_, slot| slot.read(&mut message))?;
                    Ok(message.map(|message| Self { message }))
                }
            }

            impl $crate::smithy::SerializableStruct for $name {
                fn schema(&self) -> &$crate::smithy::Schema<'_> {
                    &SCHEMA
                }

                fn serialize_members(
                    &self,
                    s: &mut dyn $crate::smithy::ShapeSerializer,
                ) -> ::core::result::Result<(), $crate::smithy::SerdeError> {
                    $crate::Writer::new(s, &SCHEMA).put(&self.message)?;
                    Ok(())
                }
            }

            $crate::structure!($name);
            $crate::error!($name, $code, $status, fault: $fault);
        }

        pub use $module::$name;
    };
}

/// What one operation may answer instead of its output, one variant per modelled error.
#[macro_export]
macro_rules! operation_error {
    ($(#[$doc:meta])* $name:ident for $operation:ident { $($error:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub enum $name {
            $($error($error),)*
            /// What any operation may answer beside what its model lists.
            Common($crate::CommonError),
        }

        impl ::core::convert::From<$crate::CommonError> for $name {
            fn from(error: $crate::CommonError) -> Self {
                Self::Common(error)
            }
        }

        $(impl ::core::convert::From<$error> for $name {
            fn from(error: $error) -> Self {
                Self::$error(error)
            }
        })*

        impl $name {
            fn inner(&self) -> &dyn $crate::smithy::HttpModeledError {
                match self {
                    $(Self::$error(error) => error,)*
                    Self::Common(error) => error.inner(),
                }
            }
        }

        $crate::operation_error!(@common $name $operation);
    };
    (@common $name:ident $operation:ident) => {
        impl $name {
            /// What clients see as the error's code.
            pub fn code(&self) -> &str {
                $crate::error_code(self.inner().schema())
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Display::fmt(self.inner(), f)
            }
        }

        impl ::std::error::Error for $name {}

        impl $crate::smithy::SerializableStruct for $name {
            fn schema(&self) -> &$crate::smithy::Schema<'_> {
                self.inner().schema()
            }

            fn serialize_members(
                &self,
                s: &mut dyn $crate::smithy::ShapeSerializer,
            ) -> ::core::result::Result<(), $crate::smithy::SerdeError> {
                self.inner().serialize_members(s)
            }
        }

        impl $crate::smithy::HttpModeledError for $name {
            fn status_code(&self) -> u16 {
                self.inner().status_code()
            }

            fn operation_schema(&self) -> ::core::option::Option<&$crate::smithy::OperationSchema<'_>> {
                ::core::option::Option::Some(<$operation as $crate::Operation>::SCHEMA)
            }
        }
    };
}
