import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.*;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.*;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * kafka-clients, used as its users do.
 * check SERVER STRICT TASK..., write SERVER (TOPIC CODEC FILE)..., read SERVER TOPIC...
 */
public final class Client {
    private interface Task { void run() throws Exception; }

    private static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");
    private static final ObjectMapper JSON = new ObjectMapper();
    private final String server;
    private final String strict;

    private Client(String server, String strict) {
        this.server = server;
        this.strict = strict;
    }

    public static void main(String[] args) throws Exception {
        List<String> rest = List.of(args).subList(2, args.length);
        switch (args[0]) {
            case "check" -> new Client(args[1], rest.get(0)).check(rest.subList(1, rest.size()));
            case "write" -> new Client(args[1], "").write(rest);
            case "read" -> new Client(args[1], "").read(rest);
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private void check(List<String> names) {
        Map<String, Task> tasks = new LinkedHashMap<>();
        tasks.put("admin", this::admin);
        tasks.put("produce", this::produce);
        tasks.put("records", this::records);
        tasks.put("offsets", this::offsets);
        tasks.put("groups", () -> shareOut(Map.of("group.protocol", "classic", "session.timeout.ms", 6000, "heartbeat.interval.ms", 200)));
        tasks.put("groups_kip848", () -> shareOut(Map.of("group.protocol", "consumer")));
        tasks.put("idempotence", this::idempotence);
        tasks.put("errors", this::errors);
        tasks.put("transactions", this::transactions);
        tasks.forEach((name, task) -> {
            if (!names.contains(name)) return;
            try {
                task.run();
                System.out.println("passed " + name);
            } catch (Throwable error) {
                String lines = Arrays.stream(error.getStackTrace()).filter(frame -> frame.getClassName().startsWith("Client"))
                    .map(frame -> String.valueOf(frame.getLineNumber())).collect(Collectors.joining(", "));
                System.out.println("failed " + name + ": " + error.toString().replace('\n', ' ') + " (lines " + lines + ")");
            }
        });
    }

    private void admin() throws Exception {
        String topic = topicName("admin");
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try (Admin client = adminOf(server)) {
            NewTopic wanted = new NewTopic(topic, 2, (short) 1).configs(Map.of("retention.ms", "86400000", "cleanup.policy", "compact"));
            var created = client.createTopics(List.of(wanted));
            created.all().get();
            equal(created.numPartitions(topic).get(), 2);
            equal(created.config(topic).get().get("cleanup.policy").value(), "compact");
            refused(TopicExistsException.class, () -> client.createTopics(List.of(wanted)).all().get());
            check(client.listTopics().names().get().contains(topic), "the topic is not listed");
            var described = client.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
            equal(described.partitions().size(), 2);
            equal(client.describeTopics(org.apache.kafka.common.TopicCollection.ofTopicIds(List.of(described.topicId()))).allTopicIds().get().size(), 1);
            equal(client.describeCluster().nodes().get().size(), 1);
            equal(client.describeCluster().controller().get().id(), described.partitions().get(0).leader().id());

            client.incrementalAlterConfigs(Map.of(resource, List.of(new AlterConfigOp(new ConfigEntry("retention.ms", "1000"), AlterConfigOp.OpType.SET),
                new AlterConfigOp(new ConfigEntry("cleanup.policy", "delete"), AlterConfigOp.OpType.APPEND)))).all().get();
            Config config = client.describeConfigs(List.of(resource)).all().get().get(resource);
            equal(config.get("retention.ms").value(), "1000");
            equal(config.get("cleanup.policy").value(), "compact,delete");
            equal(config.get("retention.ms").source(), ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);

            client.createPartitions(Map.of(topic, NewPartitions.increaseTo(3))).all().get();
            equal(client.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions().size(), 3);
            refused(InvalidPartitionsException.class, () -> client.createPartitions(Map.of(topic, NewPartitions.increaseTo(1))).all().get());
            client.deleteTopics(List.of(topic)).all().get();
            check(!client.listTopics().names().get().contains(topic), "the topic is still listed");
        }
    }

    private void produce() throws Exception {
        String topic = newTopic("produce", 1, Map.of());
        for (String acks : List.of("0", "1", "all")) {
            for (String codec : CODECS) {
                try (Producer<byte[], byte[]> producer = producerOf(server, Map.of("acks", acks, "compression.type", codec, "linger.ms", 5))) {
                    producer.send(new ProducerRecord<>(topic, bytes("a".repeat(2000))));
                    producer.send(new ProducerRecord<>(topic, bytes("b".repeat(2000)))).get();
                }
            }
        }
        var values = read(topic, 0, 0, 30, Map.of()).stream().collect(Collectors.groupingBy(r -> (char) r.value()[0], Collectors.counting()));
        equal(values, Map.of('a', 15L, 'b', 15L));
    }

    private void records() throws Exception {
        String topic = newTopic("records", 2, Map.of());
        List<Header> headers = List.of(new RecordHeader("a", bytes("1")), new RecordHeader("a", bytes("2")), new RecordHeader("null", null), new RecordHeader("empty", new byte[0]));
        List<ProducerRecord<byte[], byte[]>> sent = List.of(
            new ProducerRecord<>(topic, 1, 1700000000001L, bytes("ключ"), bytes("wert"), headers),
            new ProducerRecord<>(topic, 1, 1700000000002L, null, bytes("no key"), List.of()),
            new ProducerRecord<>(topic, 1, 1700000000003L, bytes("tombstone"), null, List.of()),
            new ProducerRecord<>(topic, 1, 1700000000004L, new byte[] {0, -1}, new byte[] {-1, -2, 0}, List.of()));
        try (Producer<byte[], byte[]> producer = producerOf(server, Map.of())) {
            for (int i = 0; i < sent.size(); i++) equal(producer.send(sent.get(i)).get().offset(), (long) i);
        }
        var got = read(topic, 1, 0, sent.size(), Map.of());
        for (int i = 0; i < sent.size(); i++) {
            check(Arrays.equals(got.get(i).key(), sent.get(i).key()) && Arrays.equals(got.get(i).value(), sent.get(i).value()), "record " + i + " differs");
            equal(got.get(i).timestamp(), sent.get(i).timestamp());
            equal(List.of(got.get(i).headers().toArray()), List.of(sent.get(i).headers().toArray()));
        }
    }

    private void offsets() throws Exception {
        String topic = newTopic("offsets", 1, Map.of());
        TopicPartition partition = new TopicPartition(topic, 0);
        try (Producer<byte[], byte[]> producer = producerOf(server, Map.of())) {
            for (int i = 0; i < 10; i++) producer.send(new ProducerRecord<>(topic, 0, 1700000000000L + i * 1000, null, bytes(String.valueOf(i)))).get();
        }
        try (Consumer<byte[], byte[]> consumer = consumerOf(Map.of())) {
            equal(consumer.beginningOffsets(List.of(partition)).get(partition), 0L);
            equal(consumer.endOffsets(List.of(partition)).get(partition), 10L);
            equal(consumer.offsetsForTimes(Map.of(partition, 1700000004500L)).get(partition).offset(), 5L);
        }
        equal(text(read(topic, 0, 7, 3, Map.of())), List.of("7", "8", "9"));
        try (Admin client = adminOf(server)) {
            equal(client.listOffsets(Map.of(partition, OffsetSpec.maxTimestamp())).partitionResult(partition).get().offset(), 9L);
            equal(client.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(3))).lowWatermarks().get(partition).get().lowWatermark(), 3L);
            equal(client.listOffsets(Map.of(partition, OffsetSpec.earliest())).partitionResult(partition).get().offset(), 3L);
            refused(org.apache.kafka.common.errors.OffsetOutOfRangeException.class, () -> client.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(99))).all().get());
        }
        equal(text(read(topic, 0, 0, 1, Map.of())).get(0), "3");
    }

    private void shareOut(Map<String, Object> options) throws Exception {
        String topic = newTopic("groups", 4, Map.of());
        Map<String, Object> config = new HashMap<>(options);
        config.putAll(Map.of("group.id", topic, "enable.auto.commit", false));
        Set<String> got = new HashSet<>();
        Consumer<byte[], byte[]> second = consumerOf(config);
        try (Consumer<byte[], byte[]> first = consumerOf(config); Admin client = adminOf(server)) {
            first.subscribe(List.of(topic));
            until("the first member gets all", () -> poll(got, first).equals(List.of(4)));
            second.subscribe(List.of(topic));
            until("an even share", () -> poll(got, first, second).equals(List.of(2, 2)));
            try (Producer<byte[], byte[]> producer = producerOf(server, Map.of())) {
                for (int i = 0; i < 40; i++) producer.send(new ProducerRecord<>(topic, i % 4, null, bytes(String.valueOf(i)))).get();
            }
            until("40 records", () -> { poll(got, first, second); return got.size() == 40; });
            var group = client.describeConsumerGroups(List.of(topic)).all().get().get(topic);
            equal(group.groupState(), GroupState.STABLE);
            equal(group.members().size(), 2);
            check(client.listGroups(ListGroupsOptions.forConsumerGroups()).all().get().stream().anyMatch(listing -> listing.groupId().equals(topic)), "the group is not listed");
            refused(GroupNotEmptyException.class, () -> client.deleteConsumerGroups(List.of(topic)).all().get());
            second.close();
            until("all come back", () -> poll(got, first).equals(List.of(4)));
        } finally {
            second.close();
        }
        try (Admin client = adminOf(server)) {
            var committed = client.listConsumerGroupOffsets(topic).partitionsToOffsetAndMetadata().get();
            for (int i = 0; i < 4; i++) equal(committed.get(new TopicPartition(topic, i)).offset(), 10L);
            client.alterConsumerGroupOffsets(topic, Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(4, Optional.empty(), "moved"))).all().get();
            Set<String> again = new HashSet<>();
            try (Consumer<byte[], byte[]> resumed = consumerOf(config)) {
                resumed.subscribe(List.of(topic));
                until("6 records again", () -> { poll(again, resumed); return again.size() == 6; });
            }
            client.deleteConsumerGroupOffsets(topic, Set.of(new TopicPartition(topic, 1))).all().get();
            client.deleteConsumerGroups(List.of(topic)).all().get();
        }
    }

    @SafeVarargs
    private static List<Integer> poll(Set<String> got, Consumer<byte[], byte[]>... members) {
        return Arrays.stream(members).map(member -> {
            var records = member.poll(Duration.ofMillis(50));
            records.forEach(record -> got.add(new String(record.value(), StandardCharsets.UTF_8)));
            if (!records.isEmpty()) member.commitSync();
            return member.assignment().size();
        }).toList();
    }

    private void idempotence() throws Exception {
        String topic = newTopic("idempotence", 1, Map.of());
        try (Producer<byte[], byte[]> producer = producerOf(server, Map.of("enable.idempotence", true, "acks", "all", "batch.size", 200, "max.in.flight.requests.per.connection", 5))) {
            for (int i = 0; i < 1000; i++) producer.send(new ProducerRecord<>(topic, bytes(String.valueOf(i))));
        }
        equal(text(read(topic, 0, 0, 1000, Map.of())), IntStream.range(0, 1000).mapToObj(String::valueOf).toList());
        try (Admin client = adminOf(server)) {
            TopicPartition partition = new TopicPartition(topic, 0);
            var states = client.describeProducers(List.of(partition)).partitionResult(partition);
            try {
                equal(states.get().activeProducers().size(), 1);
            } catch (ExecutionException error) {
                // A broker that does not serve DescribeProducers says so in ApiVersions.
                if (!(error.getCause() instanceof UnsupportedVersionException)) throw error;
            }
        }
    }

    private void errors() throws Exception {
        String topic = newTopic("errors", 1, Map.of("max.message.bytes", "1000"));
        try (Producer<byte[], byte[]> producer = producerOf(server, Map.of("max.block.ms", 2000)); Admin client = adminOf(server)) {
            refused(RecordTooLargeException.class, () -> producer.send(new ProducerRecord<>(topic, bytes("x".repeat(5000)))).get());
            producer.send(new ProducerRecord<>(topic, bytes("still served"))).get();
            refused(TimeoutException.class, () -> producer.send(new ProducerRecord<>(topic, 7, null, bytes("x"))).get());
            refused(InvalidTopicException.class, () -> client.createTopics(List.of(new NewTopic("a/b", 1, (short) 1))).all().get());
            refused(InvalidReplicationFactorException.class, () -> client.createTopics(List.of(new NewTopic(topicName("replicas"), 1, (short) 3))).all().get());
            refused(InvalidConfigurationException.class, () -> client.createTopics(List.of(new NewTopic(topicName("setting"), 1, (short) 1).configs(Map.of("retention.ms", "soon")))).all().get());
            refused(UnknownTopicOrPartitionException.class, () -> client.deleteTopics(List.of(topicName("missing"))).all().get());
            refused(UnknownTopicOrPartitionException.class, () -> client.describeTopics(List.of(topicName("missing"))).allTopicNames().get());
            refused(GroupIdNotFoundException.class, () -> client.deleteConsumerGroups(List.of(topicName("missing"))).all().get());
        }
        try (Producer<byte[], byte[]> producer = producerOf(strict, Map.of("max.block.ms", 2000))) {
            refused(TimeoutException.class, () -> producer.send(new ProducerRecord<>(topicName("missing"), bytes("x"))).get());
        }
    }

    /** Read, change, write: the offsets go with the records, or not at all. */
    private void transactions() throws Exception {
        String source = newTopic("source", 1, Map.of());
        String target = newTopic("target", 1, Map.of());
        try (Producer<byte[], byte[]> producer = producerOf(server, Map.of())) {
            for (int i = 0; i < 10; i++) producer.send(new ProducerRecord<>(source, bytes(String.valueOf(i)))).get();
        }
        Map<String, Object> committed = Map.of("isolation.level", "read_committed");
        try (Producer<byte[], byte[]> producer = producerOf(server, Map.of("transactional.id", target, "max.block.ms", 10000));
             Consumer<byte[], byte[]> consumer = consumerOf(Map.of("group.id", source, "enable.auto.commit", false, "isolation.level", "read_committed"))) {
            producer.initTransactions();
            consumer.subscribe(List.of(source));
            for (boolean commits : new boolean[] {false, true}) {
                List<ConsumerRecord<byte[], byte[]>> got = new ArrayList<>();
                until("the source", () -> { consumer.poll(Duration.ofMillis(50)).forEach(got::add); return got.size() == 10; });
                producer.beginTransaction();
                for (var record : got) producer.send(new ProducerRecord<>(target, bytes((commits ? "kept " : "dropped ") + new String(record.value(), StandardCharsets.UTF_8))));
                producer.sendOffsetsToTransaction(Map.of(new TopicPartition(source, 0), new OffsetAndMetadata(10)), consumer.groupMetadata());
                if (commits) producer.commitTransaction();
                else {
                    // What has not been sent yet is dropped by the producer itself.
                    producer.flush();
                    producer.abortTransaction();
                    consumer.seek(new TopicPartition(source, 0), 0);
                }
            }
            equal(consumer.committed(Set.of(new TopicPartition(source, 0))).get(new TopicPartition(source, 0)).offset(), 10L);
        }
        equal(text(read(target, 0, 0, 10, committed)), IntStream.range(0, 10).mapToObj(i -> "kept " + i).toList());
        equal(read(target, 0, 0, 20, Map.of()).size(), 20);
    }

    private void write(List<String> rest) throws Exception {
        for (int at = 0; at < rest.size(); at += 3) {
            try (Producer<byte[], byte[]> producer = producerOf(server, Map.of("compression.type", rest.get(at + 1), "linger.ms", 50))) {
                List<Future<RecordMetadata>> sent = new ArrayList<>();
                for (String line : Files.readAllLines(Path.of(rest.get(at + 2)))) {
                    JsonNode record = JSON.readTree(line);
                    List<Header> headers = new ArrayList<>();
                    record.get("headers").forEach(pair -> headers.add(new RecordHeader(pair.get(0).textValue(), bytes(pair.get(1).textValue()))));
                    sent.add(producer.send(new ProducerRecord<>(rest.get(at), record.get("partition").asInt(), record.get("timestamp").asLong(),
                        bytes(record.get("key").textValue()), bytes(record.get("value").textValue()), headers)));
                }
                for (var answer : sent) answer.get();
            }
        }
    }

    private void read(List<String> topics) throws Exception {
        try (Consumer<byte[], byte[]> consumer = consumerOf(Map.of())) {
            List<TopicPartition> partitions = topics.stream().flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(info -> new TopicPartition(info.topic(), info.partition())).toList();
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            until("all records", () -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> System.out.println(describe(record)));
                return partitions.stream().allMatch(partition -> consumer.position(partition) >= ends.get(partition));
            });
        }
    }

    private static String describe(ConsumerRecord<byte[], byte[]> record) {
        ObjectNode node = JSON.createObjectNode();
        node.put("topic", record.topic()).put("partition", record.partition()).put("offset", record.offset()).put("timestamp", record.timestamp());
        node.put("key", text(record.key())).put("value", text(record.value()));
        ArrayNode headers = node.putArray("headers");
        record.headers().forEach(header -> headers.addArray().add(header.key()).add(text(header.value())));
        return node.toString();
    }

    private List<ConsumerRecord<byte[], byte[]>> read(String topic, int partition, long from, int count, Map<String, Object> options) throws Exception {
        TopicPartition place = new TopicPartition(topic, partition);
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (Consumer<byte[], byte[]> consumer = consumerOf(options)) {
            consumer.assign(List.of(place));
            consumer.seek(place, from);
            until(count + " records of " + place, () -> { consumer.poll(Duration.ofMillis(100)).forEach(records::add); return records.size() >= count; });
        }
        return records;
    }

    private static Admin adminOf(String server) {
        return Admin.create(Map.of("bootstrap.servers", server));
    }

    private static Producer<byte[], byte[]> producerOf(String server, Map<String, Object> options) {
        Map<String, Object> config = new HashMap<>(Map.of("bootstrap.servers", server));
        config.putAll(options);
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private Consumer<byte[], byte[]> consumerOf(Map<String, Object> options) {
        Map<String, Object> config = new HashMap<>(Map.of("bootstrap.servers", server, "auto.offset.reset", "earliest"));
        if (!options.containsKey("group.id")) config.put("enable.auto.commit", false);
        config.putAll(options);
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private String newTopic(String task, int partitions, Map<String, String> configs) throws Exception {
        String topic = topicName(task);
        try (Admin client = adminOf(server)) {
            client.createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(configs))).all().get();
        }
        return topic;
    }

    private static String topicName(String task) {
        return "java-" + task + "-" + UUID.randomUUID().toString().substring(0, 8);
    }

    private static void refused(Class<? extends Throwable> kind, Task task) throws Exception {
        try {
            task.run();
        } catch (ExecutionException error) {
            if (kind.isInstance(error.getCause())) return;
            throw error;
        }
        throw new AssertionError("no " + kind.getSimpleName());
    }

    private static void until(String what, BooleanSupplier holds) {
        for (long deadline = System.currentTimeMillis() + 20_000; !holds.getAsBoolean();) {
            check(System.currentTimeMillis() < deadline, "waited in vain: " + what);
        }
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) throw new AssertionError(otherwise);
    }

    private static void equal(Object got, Object wanted) {
        check(Objects.equals(got, wanted), "got " + got + ", not " + wanted);
    }

    private static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    private static List<String> text(List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream().map(record -> text(record.value())).toList();
    }
}
