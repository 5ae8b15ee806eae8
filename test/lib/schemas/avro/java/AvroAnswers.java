import com.fasterxml.jackson.core.io.schubfach.DoubleToDecimal;
import com.fasterxml.jackson.core.io.schubfach.FloatToDecimal;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.Encoder;
import org.apache.avro.io.EncoderFactory;

/**
 * What Apache Avro answers to a file of questions (first argument), written to the second. Of each text to parse: what
 * Schema.toString makes of it, null where the parser refuses it. Of each schema of values: random values, in the binary
 * encoding and in the text of JsonEncoder. Of each pair of reader and writer: the incompatibilities.
 */
public class AvroAnswers {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int VALUES_PER_SCHEMA = 80;
  private static final String[] TEXTS = {"", "a", "plain text", "\"\\/\b\f\n\r\t", "\u0000\u001f\u007f", "é ü ß", "日本語",
      "😀", "\u2028", "</script>", "a longer text, of more than sixty-four characters, so that its length takes two bytes"};

  private final Random random = new Random(18);

  public static void main(String[] args) throws Exception {
    JsonNode questions = JSON.readTree(Path.of(args[0]).toFile());
    ObjectNode answers = JSON.createObjectNode();
    ArrayNode parsed = answers.putArray("parse");
    for (JsonNode text : questions.get("parse")) parsed.add(canonical(text.textValue()));
    ArrayNode values = answers.putArray("values");
    AvroAnswers random = new AvroAnswers();
    for (JsonNode schema : questions.get("values")) random.recordValues(parse(schema.toString(), true), values.addArray());
    ArrayNode compared = answers.putArray("compare");
    for (JsonNode pair : questions.get("compare")) compare(pair, compared.addArray());
    JSON.writeValue(Path.of(args[1]).toFile(), answers);
  }

  private static Schema parse(String text, boolean isNew) {
    Schema.Parser parser = new Schema.Parser(isNew ? NameValidator.STRICT_VALIDATOR : NameValidator.NO_VALIDATION);
    return parser.setValidateDefaults(isNew).parse(text);
  }

  private static String canonical(String text) {
    try {
      return parse(text, true).toString();
    } catch (RuntimeException refused) {
      return null;
    }
  }

  private static void compare(JsonNode pair, ArrayNode reasons) {
    Schema reader = parse(pair.get(0).toString(), false);
    Schema writer = parse(pair.get(1).toString(), false);
    var result = SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getResult();
    for (var found : result.getIncompatibilities()) {
      reasons.addArray().add(found.getType().toString()).add(found.getLocation()).add(found.getMessage());
    }
  }

  private void recordValues(Schema schema, ArrayNode values) throws Exception {
    for (int index = 0; index < VALUES_PER_SCHEMA; index += 1) {
      Object value = value(schema, 0);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      write(schema, value, EncoderFactory.get().binaryEncoder(bytes, null));
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      write(schema, value, EncoderFactory.get().jsonEncoder(schema, text));
      values.addArray().add(HexFormat.of().formatHex(bytes.toByteArray())).add(text.toString(StandardCharsets.UTF_8));
    }
  }

  private static void write(Schema schema, Object value, Encoder encoder) throws Exception {
    new GenericDatumWriter<>(schema).write(value, encoder);
    encoder.flush();
  }

  private Object value(Schema schema, int depth) {
    switch (schema.getType()) {
      case NULL:
        return null;
      case BOOLEAN:
        return random.nextBoolean();
      case INT:
        return (int) number(32);
      case LONG:
        return number(64);
      case FLOAT:
        return aFloat();
      case DOUBLE:
        return aDouble();
      case STRING:
        return TEXTS[random.nextInt(TEXTS.length)];
      case BYTES:
        return ByteBuffer.wrap(bytes(random.nextInt(20)));
      case FIXED:
        return new GenericData.Fixed(schema, bytes(schema.getFixedSize()));
      case ENUM:
        List<String> symbols = schema.getEnumSymbols();
        return new GenericData.EnumSymbol(schema, symbols.get(random.nextInt(symbols.size())));
      case ARRAY:
        List<Object> items = new ArrayList<>();
        for (int left = size(depth); left > 0; left -= 1) items.add(value(schema.getElementType(), depth + 1));
        return items;
      case MAP:
        // JsonEncoder and BinaryEncoder go through it in the same order.
        Map<String, Object> map = new LinkedHashMap<>();
        for (int left = size(depth); left > 0; left -= 1) {
          map.put(TEXTS[random.nextInt(TEXTS.length)] + left, value(schema.getValueType(), depth + 1));
        }
        return map;
      case UNION:
        List<Schema> branches = schema.getTypes();
        return value(branches.get(depth > 8 ? 0 : random.nextInt(branches.size())), depth + 1);
      case RECORD:
        GenericData.Record record = new GenericData.Record(schema);
        for (Schema.Field field : schema.getFields()) record.put(field.pos(), value(field.schema(), depth + 1));
        return record;
      default:
        throw new IllegalStateException(schema.toString());
    }
  }

  private int size(int depth) {
    return depth > 6 ? 0 : random.nextInt(10) == 0 ? 70 / (depth + 1) : random.nextInt(4);
  }

  /** Of any number of bits, so that it takes any number of bytes. */
  private long number(int bits) {
    return random.nextLong() >> (64 - 1 - random.nextInt(bits));
  }

  private byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  /** None that Java before 19 writes with more digits than it takes (JDK-4511638). */
  private double aDouble() {
    double[] special = {0, -0.0, 1, 1e7, 1e-3, 9999999, 0.1, Double.MAX_VALUE, Double.NaN, Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY, 123456.789, 1e21, 1e-7, 1e300};
    double value = random.nextBoolean() ? special[random.nextInt(special.length)]
        : random.nextBoolean() ? Double.longBitsToDouble(random.nextLong()) : random.nextInt(1_000_000) / 100.0;
    return Double.toString(value).equals(DoubleToDecimal.toString(value)) ? value : aDouble();
  }

  private float aFloat() {
    float[] special = {0, -0f, 1, 1e7f, 1e-3f, 9999999, 0.1f, Float.MAX_VALUE, Float.NaN, Float.NEGATIVE_INFINITY, 16777216};
    float value = random.nextBoolean() ? special[random.nextInt(special.length)]
        : random.nextBoolean() ? Float.intBitsToFloat(random.nextInt()) : random.nextInt(1_000_000) / 100f;
    return Float.toString(value).equals(FloatToDecimal.toString(value)) ? value : aFloat();
  }
}
