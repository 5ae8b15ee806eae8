import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.JaasContext;

/** Reads lines of Base64, texts of sasl.jaas.config; writes what Kafka makes of each: module, key and value in Base64, or "-". */
public class Record {
    public static void main(String[] arguments) throws Exception {
        for (String line : Files.readAllLines(Path.of(arguments[0]))) {
            String text = new String(Base64.getDecoder().decode(line), StandardCharsets.UTF_8);
            try {
                JaasContext context = JaasContext.loadClientContext(Map.of("sasl.jaas.config", new Password(text)));
                AppConfigurationEntry entry = context.configurationEntries().get(0);
                StringBuilder said = new StringBuilder(encode(entry.getLoginModuleName()));
                Map<String, Object> options = new TreeMap<>();
                entry.getOptions().forEach((key, value) -> {
                    if (key != null) options.put(key, value);
                });
                options.forEach((key, value) -> said.append(' ').append(encode(key)).append(' ').append(encode((String) value)));
                System.out.println(said);
            } catch (RuntimeException refused) {
                System.out.println("-");
            }
        }
    }

    private static String encode(String text) {
        // UTF-16, since half a surrogate pair is a character to Java, with a mark so that no word is empty.
        return "=" + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_16BE));
    }
}
