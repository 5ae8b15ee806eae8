import java.io.File;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** kafka-clients with the secrets of the attempts in FILE: see ../secured/secured.mjs. */
public final class Secured {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MODULES = "org.apache.kafka.common.security.";

    public static void main(String[] args) throws Exception {
        JsonNode attempts = JSON.readTree(new File(args[0]));
        // Where tokens may come from; it is read once.
        System.setProperty("org.apache.kafka.sasl.oauthbearer.allowed.urls", String.join(",", attempts.findValuesAsText("tokenUrl")));
        for (JsonNode attempt : attempts) {
            ObjectNode outcome = JSON.createObjectNode();
            outcome.put("error", errorOf(attempt));
            System.out.println(outcome);
        }
        System.exit(0);
    }

    private static String errorOf(JsonNode attempt) throws InterruptedException {
        try {
            read(attempt, write(attempt));
            return null;
        } catch (ExecutionException error) {
            return describe(error.getCause());
        } catch (KafkaException | IllegalStateException error) {
            return describe(error);
        }
    }

    /** A client that cannot be made says why in the cause. */
    private static String describe(Throwable error) {
        return error.getClass().getSimpleName() + ": " + error.getMessage() + (error.getCause() == null ? "" : " <- " + describe(error.getCause()));
    }

    private static RecordMetadata write(JsonNode attempt) throws ExecutionException, InterruptedException {
        Map<String, Object> settings = settingsOf(attempt);
        settings.putAll(Map.of("acks", "all", "max.block.ms", 10_000, "delivery.timeout.ms", 10_000, "request.timeout.ms", 5000));
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            String name = attempt.get("name").textValue();
            RecordHeader header = new RecordHeader("attempt", name.getBytes(StandardCharsets.UTF_8));
            return producer.send(new ProducerRecord<>(attempt.get("topic").textValue(), 0, name, attempt.get("value").textValue(), List.of(header))).get();
        }
    }

    private static void read(JsonNode attempt, RecordMetadata written) {
        TopicPartition partition = new TopicPartition(written.topic(), 0);
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settingsOf(attempt), new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seek(partition, written.offset());
            for (long deadline = System.nanoTime() + 10_000_000_000L; System.nanoTime() < deadline; ) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    String name = attempt.get("name").textValue();
                    String header = new String(record.headers().lastHeader("attempt").value(), StandardCharsets.UTF_8);
                    if (List.of(record.key(), record.value(), header).equals(List.of(name, attempt.get("value").textValue(), name))) return;
                    throw new IllegalStateException("another record was read: " + record);
                }
            }
        }
        throw new IllegalStateException("the record was not read");
    }

    private static Map<String, Object> settingsOf(JsonNode attempt) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", attempt.get("server").textValue());
        settings.put("security.protocol", attempt.get("protocol").textValue());
        if (attempt.has("authority")) putStore(settings, "ssl.truststore", attempt.get("authority").textValue());
        if (attempt.has("identity")) putStore(settings, "ssl.keystore", attempt.get("identity").textValue());
        if (!attempt.has("mechanism")) return settings;
        String mechanism = attempt.get("mechanism").textValue();
        settings.put("sasl.mechanism", mechanism);
        if (attempt.has("tokenUrl")) {
            settings.put("sasl.login.callback.handler.class", MODULES + "oauthbearer.OAuthBearerLoginCallbackHandler");
            settings.put("sasl.oauthbearer.token.endpoint.url", attempt.get("tokenUrl").textValue());
            settings.put("sasl.jaas.config", MODULES + "oauthbearer.OAuthBearerLoginModule required " + options("clientId", "clientSecret", attempt));
        } else {
            String module = mechanism.equals("PLAIN") ? "plain.PlainLoginModule" : "scram.ScramLoginModule";
            settings.put("sasl.jaas.config", MODULES + module + " required " + options("username", "password", attempt));
        }
        return settings;
    }

    private static void putStore(Map<String, Object> settings, String prefix, String file) {
        settings.put(prefix + ".type", "PEM");
        settings.put(prefix + ".location", file);
    }

    private static String options(String user, String password, JsonNode attempt) {
        return String.format("%s=\"%s\" %s=\"%s\";", user, attempt.get("user").textValue(), password, attempt.get("password").textValue());
    }
}
