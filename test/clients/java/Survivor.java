import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** kafka-clients as a survivor: see ../leader-death.mjs. SERVERS TOPIC PROTOCOL */
public final class Survivor {
    private static final Set<String> due = ConcurrentHashMap.newKeySet();
    private static final AtomicReference<Exception> failure = new AtomicReference<>();
    private static volatile boolean isTold;
    private static volatile boolean hasEnded;

    public static void main(String[] args) throws Exception {
        String servers = args[0], topic = args[1], protocol = args[2];
        Thread reader = new Thread(() -> read(servers, topic, protocol));
        reader.start();
        Thread ear = new Thread(Survivor::hearTheEnd);
        ear.setDaemon(true);
        ear.start();
        Map<String, Object> settings = Map.of("bootstrap.servers", servers, "acks", "all", "linger.ms", 0);
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            for (int i = 0; !isTold && failure.get() == null; i++) {
                String value = String.valueOf(i);
                due.add(value);
                producer.send(new ProducerRecord<>(topic, value, value), (where, error) -> {
                    if (error == null) System.out.println("acked " + value);
                    else failure.compareAndSet(null, error);
                });
                Thread.sleep(10);
            }
        }
        hasEnded = true;
        reader.join();
        if (failure.get() != null) throw failure.get();
    }

    private static void hearTheEnd() {
        try {
            while (System.in.read() >= 0);
        } catch (IOException error) {
            failure.compareAndSet(null, error);
        }
        isTold = true;
    }

    private static void read(String servers, String topic, String protocol) {
        Map<String, Object> settings = Map.of("bootstrap.servers", servers, "group.id", topic, "group.protocol", protocol,
            "auto.offset.reset", "earliest", "auto.commit.interval.ms", 500);
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(Set.of(topic));
            while (!hasEnded || !due.isEmpty()) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                    System.out.println("read " + record.value());
                    due.remove(record.value());
                }
            }
        } catch (Exception error) {
            failure.compareAndSet(null, error);
        }
    }
}
