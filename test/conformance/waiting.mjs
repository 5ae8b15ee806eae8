/** Cases that cannot pass yet, each with what they wait for. A case that passes all the same fails the suite: take it out. */
export const WAITING = {
  'kafka-console-consumer/group-resume': 'asks kafka-consumer-groups, which comes with the groups command',
  'kafka-console-consumer/interrupted': 'asks kafka-consumer-groups, which comes with the groups command',
  'kafka-console-consumer/latest': 'asks kafka-consumer-groups, which comes with the groups command',
  'kafka-console-consumer/no-commit': 'asks kafka-consumer-groups, which comes with the groups command',
}
