/**
 * The Java class that Apache's tools show for an error: `KAFKA_STORAGE_ERROR` →
 * `org.apache.kafka.common.errors.KafkaStorageException` (org.apache.kafka.common.protocol.Errors).
 */
export function javaException(code: string): string {
  const words = code
    .replace(/_(ERROR|EXCEPTION)$/, '')
    .toLowerCase()
    .split('_')
  const name = IRREGULAR[code] ?? `${words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('')}Exception`
  return code === 'INVALID_RECORD' ? `org.apache.kafka.common.${name}` : `org.apache.kafka.common.errors.${name}`
}

const IRREGULAR: Readonly<Record<string, string>> = {
  CORRUPT_MESSAGE: 'CorruptRecordException',
  REQUEST_TIMED_OUT: 'TimeoutException',
  MESSAGE_TOO_LARGE: 'RecordTooLargeException',
  STALE_CONTROLLER_EPOCH: 'ControllerMovedException',
  OFFSET_METADATA_TOO_LARGE: 'OffsetMetadataTooLarge',
  RECORD_LIST_TOO_LARGE: 'RecordBatchTooLargeException',
  TOPIC_AUTHORIZATION_FAILED: 'TopicAuthorizationException',
  GROUP_AUTHORIZATION_FAILED: 'GroupAuthorizationException',
  CLUSTER_AUTHORIZATION_FAILED: 'ClusterAuthorizationException',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'TransactionalIdAuthorizationException',
  SASL_AUTHENTICATION_FAILED: 'SaslAuthenticationException',
  TOPIC_ALREADY_EXISTS: 'TopicExistsException',
  INVALID_CONFIG: 'InvalidConfigurationException',
  OUT_OF_ORDER_SEQUENCE_NUMBER: 'OutOfOrderSequenceException',
  DUPLICATE_SEQUENCE_NUMBER: 'DuplicateSequenceException',
  INVALID_PRODUCER_ID_MAPPING: 'InvalidPidMappingException',
  INVALID_TRANSACTION_TIMEOUT: 'InvalidTxnTimeoutException',
  DELEGATION_TOKEN_AUTH_DISABLED: 'DelegationTokenDisabledException',
  DELEGATION_TOKEN_REQUEST_NOT_ALLOWED: 'UnsupportedByAuthenticationException',
  DELEGATION_TOKEN_AUTHORIZATION_FAILED: 'DelegationTokenAuthorizationException',
  NON_EMPTY_GROUP: 'GroupNotEmptyException',
  PRINCIPAL_DESERIALIZATION_FAILURE: 'PrincipalDeserializationException',
  INVALID_REGULAR_EXPRESSION: 'InvalidRegularExpression',
}
