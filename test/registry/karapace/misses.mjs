/** Reasons that several tests share. */
const WORDING = "Karapace's own sentence; the code is the same, or the one that Confluent documents"
const BODY =
  "Karapace's own answer to a body without what is needed; Confluent's code for it is 42201, and 400 for no object"
const TYPE = 'code 42201 is documented for "an invalid schema or schema type" (Confluent Cloud API), 422 is Karapace\'s'
const UNASKED = 'messages come with verbose=true only, as documented'
const NOT_DOCUMENTED = 'a parameter of Karapace alone: includeSubjects'
const TEXT =
  "Avro's own order and names: a schema is kept as Java's Schema.toString() writes it, as Confluent's registry does"
const CONTAINED =
  'JSON Schema is judged by what it takes: the new version takes every value of the old one, which is what BACKWARD means'
const NAMES = "Java's parser, and so Confluent's registry, refuses a new schema with such names"
const IDS = 'what is deleted for good comes back under a new id: ids are not given out twice'
const LATEST =
  'without versions everything is compatible with the latest, since Confluent 7 (confluentinc/schema-registry#2624)'

const SOFT =
  "what only soft-deleted schemas refer to may be deleted softly, as Confluent's client expects in Apicurio's tests"

/** Why some of Karapace's tests fail, by name. */
export const misses = {
  'test_schema.py::test_record_schema_subject_compatibility': TEXT,
  'test_schema.py::test_compatibility_endpoint': BODY,
  'test_schema.py::test_regression_compatibility_should_not_give_internal_server_error_on_invalid_schema_type': TYPE,
  'test_schema.py::test_regression_invalid_schema_type_should_not_give_internal_server_error': TYPE,
  'test_schema.py::test_union_comparing_to_other_types': NOT_DOCUMENTED,
  'test_schema.py::test_get_schema_with_subjects': NOT_DOCUMENTED,
  'test_schema.py::test_schema_missing_body': BODY,
  'test_schema.py::test_schema_body_validation': BODY,
  'test_schema.py::test_schema_subject_post_invalid': WORDING,
  'test_schema.py::test_schema_same_subject_unnamed': TEXT,
  'test_schema.py::test_schema_json_subject_comparison':
    'the order of members makes another schema, unless normalize=true',
  'test_schema.py::test_config':
    'DELETE answers with the level that was, as Confluent documents; Karapace with the one that is in force now',
  'test_schema.py::test_invalid_namespace': WORDING,
  'test_schema.py::test_malformed_kafka_message':
    'a text that another program has written into the topic stays as it is',
  'test_schema.py::test_schema_hard_delete_whole_schema': WORDING,
  'test_schema.py::test_schema_hard_delete_and_recreate': IDS,
  'test_schema.py::test_schema_recreate_after_odd_hard_delete': IDS,
  'test_schema.py::test_invalid_schema_should_provide_good_error_messages': WORDING,
  'test_schema.py::test_schema_non_compliant_namespace_in_existing': NAMES,
  'test_schema.py::test_schema_non_compliant_name_in_existing': NAMES,
  'test_jsonschema.py::test_schemaregistry_schemaregistry_extra_field_with_closed_model_is_incompatible': CONTAINED,
  'test_jsonschema.py::test_schemaregistry_boolean_schemas_are_backward_compatible':
    'nothing that was written under true can be read under false',
  'test_jsonschema.py::test_schemaregistry_array_and_tuples_are_incompatible': CONTAINED,
  'test_jsonschema.py::test_schemaregistry_true_schema_is_compatible_with_object': CONTAINED,
  'test_jsonschema.py::test_schemaregistry_true_and_false_schemas': CONTAINED,
  'test_jsonschema.py::test_schemaregistry_object_properties': CONTAINED,
  'test_jsonschema.py::test_schemaregistry_property_names': CONTAINED,
  'test_schema_protobuf.py::test_references[With reference to nested message]':
    'the file that it imports has another name than the reference, so that nobody could compile it',
  'test_schema_protobuf.py::test_protobuf_schema_references': SOFT,
  'test_schema_protobuf.py::test_protobuf_schema_verifier': SOFT,
  'test_schema_protobuf.py::test_protobuf_binary_serialized':
    "types have a blank line between them, as in wire's text, which Confluent's registry keeps",
  'test_dependencies_compatibility_protobuf.py::test_protobuf_schema_references_rejected_values': WORDING,
  'test_schema_avro_references.py::test_basic_avro_references': TEXT,
  'test_schema_avro_references.py::test_avro_references_compatibility': UNASKED,
  'test_schema_avro_references.py::test_avro_incompatible_name_references': WORDING,
  'test_schema_registry_mode.py::test_subject_mode':
    'a subject without a mode of its own is answered with 40409, as documented, unless defaultToGlobal=true',
  'test_schema_compatibility.py::test_schema_compatibility[test_case2]': UNASKED,
  'test_schema_compatibility.py::test_schema_compatibility[test_case3]': UNASKED,
  'test_schema_compatibility.py::test_schema_compatibility[test_case4]': UNASKED,
  'test_schema_compatibility.py::test_schema_compatibility[test_case5]': UNASKED,
  'test_schema_compatibility.py::test_schema_compatibility[test_case6]': LATEST,
  'test_schema_compatibility.py::test_schema_compatibility[test_case7]': LATEST,
}

/** The order in which subjects are listed is that of their names, which are random here: these pass by chance. */
export const leftOut = ['test_schema.py::test_schema_versions_multiple_subjects_same_schema']
