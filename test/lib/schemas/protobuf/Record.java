import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.util.JsonFormat;
import java.io.FileInputStream;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Prints records of random messages: file, message, payload, what JsonFormat prints of it, and the payload that
 * JsonFormat makes of that text. Arguments: a descriptor set with all imports, how many records for each message, and
 * the messages.
 */
public class Record {
  private static final Random RANDOM = new Random(20261130);
  private static final String[] STRINGS = {
    "", "a", "plain text", "\"quoted\" \\ and /", "tab\tnew\nline\r\f\b", "<script>&'=", "\u00e9\u4e2d\ud83d\ude00",
    "\u0000\u0001\u001f\u007f", "\u2028\u2029", "__proto__", "NaN", "1e5"
  };
  private static final double[] DOUBLES = {
    0.0, -0.0, 1.0, -1.5, 0.001, 1e-3 / 2, 1e7, 9999999.0, 1e21, 1e-7, 4.9e-324, Double.MAX_VALUE, Double.NaN,
    Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 123456789012345680.0
  };
  private static final float[] FLOATS = {
    0f, -0f, 1f, 0.1f, 1e-4f, 1e7f, 16777216f, 3.4028235e38f, 1.4e-45f, Float.NaN, Float.POSITIVE_INFINITY, 33554432f
  };
  private static final long[] LONGS = {
    0, 1, -1, 127, 128, 1L << 31, -(1L << 31), (1L << 53) - 1, 1L << 53, -(1L << 53), Long.MAX_VALUE, Long.MIN_VALUE
  };

  public static void main(String[] args) throws Exception {
    Map<String, Descriptor> messages = read(args[0]);
    JsonFormat.TypeRegistry registry = JsonFormat.TypeRegistry.newBuilder().add(messages.values()).build();
    JsonFormat.Printer printer = JsonFormat.printer().usingTypeRegistry(registry)
        .includingDefaultValueFields().omittingInsignificantWhitespace();
    JsonFormat.Parser parser = JsonFormat.parser().usingTypeRegistry(registry);
    for (int i = 2; i < args.length; i++) {
      Descriptor type = messages.get(args[i]);
      for (int n = 0; n < Integer.parseInt(args[1]); n++) {
        DynamicMessage message = random(type, messages, 0);
        String json = printer.print(message);
        DynamicMessage.Builder parsed = DynamicMessage.newBuilder(type);
        parser.merge(json, parsed);
        System.out.println(String.join("\t", type.getFullName(), base64(message.toByteArray()),
            base64(json.getBytes(StandardCharsets.UTF_8)), base64(parsed.build().toByteArray())));
      }
    }
  }

  private static Map<String, Descriptor> read(String path) throws Exception {
    Map<String, FileDescriptor> files = new LinkedHashMap<>();
    Map<String, Descriptor> messages = new LinkedHashMap<>();
    for (FileDescriptorProto proto : FileDescriptorSet.parseFrom(new FileInputStream(path)).getFileList()) {
      FileDescriptor[] imports =
          proto.getDependencyList().stream().map(files::get).toArray(FileDescriptor[]::new);
      FileDescriptor file = FileDescriptor.buildFrom(proto, imports);
      files.put(proto.getName(), file);
      for (Descriptor type : file.getMessageTypes()) messages.put(type.getFullName(), type);
    }
    return messages;
  }

  private static DynamicMessage random(Descriptor type, Map<String, Descriptor> messages, int depth) {
    DynamicMessage.Builder builder = DynamicMessage.newBuilder(type);
    switch (type.getFullName()) {
      case "google.protobuf.Timestamp": {
        long[] seconds = {-62135596800L, 253402300799L, 0, -1, 1767225600L};
        return time(builder, seconds[RANDOM.nextInt(5)], nanos());
      }
      case "google.protobuf.Duration": {
        long[] seconds = {0, 1, 315576000000L - 1, 90};
        int sign = RANDOM.nextBoolean() ? 1 : -1;
        return time(builder, sign * seconds[RANDOM.nextInt(4)], sign * nanos());
      }
      case "google.protobuf.FieldMask":
        for (String path : List.of("a", "foo_bar.baz_9", "x.y_z").subList(0, RANDOM.nextInt(4)))
          builder.addRepeatedField(type.findFieldByName("paths"), path);
        return builder.build();
      case "google.protobuf.Any": {
        String[] names = {"test.known.Plain", "google.protobuf.Timestamp", "google.protobuf.StringValue",
          "google.protobuf.Struct", "google.protobuf.Empty", "test.known.Known"};
        Descriptor content = messages.get(names[RANDOM.nextInt(depth > 1 ? 5 : 6)]);
        builder.setField(type.findFieldByName("type_url"), "type.googleapis.com/" + content.getFullName());
        builder.setField(type.findFieldByName("value"), random(content, messages, depth + 2).toByteString());
        return builder.build();
      }
      case "google.protobuf.Value": {
        FieldDescriptor kind = type.getFields().get(RANDOM.nextInt(depth > 3 ? 4 : 6));
        Object value = kind.getName().equals("number_value") ? (Object) (RANDOM.nextInt(2000) / 8.0)
            : value(kind, messages, depth + 1);
        return builder.setField(kind, value).build();
      }
      default:
    }
    for (FieldDescriptor field : type.getFields()) {
      if (field.isRepeated()) {
        int count = depth > 3 ? 0 : RANDOM.nextInt(3);
        for (int i = 0; i < count; i++) addElement(builder, field, messages, depth, i);
      } else if (field.isRequired() || (RANDOM.nextInt(3) > 0 && !(isMessage(field) && depth > 2))) {
        builder.setField(field, value(field, messages, depth + 1));
      }
    }
    return builder.build();
  }

  private static void addElement(
      DynamicMessage.Builder builder, FieldDescriptor field, Map<String, Descriptor> messages, int depth, int index) {
    if (!field.isMapField()) {
      builder.addRepeatedField(field, value(field, messages, depth + 1));
      return;
    }
    // Keys differ, as they do in every map.
    Descriptor entry = field.getMessageType();
    FieldDescriptor key = entry.findFieldByNumber(1);
    FieldDescriptor held = entry.findFieldByNumber(2);
    Object name = switch (key.getJavaType()) {
      case BOOLEAN -> index == 0;
      case STRING -> STRINGS[index * 3];
      case LONG -> LONGS[index + 9];
      default -> index == 0 ? -5 : 7;
    };
    builder.addRepeatedField(field, DynamicMessage.newBuilder(entry)
        .setField(key, name).setField(held, value(held, messages, depth + 1)).build());
  }

  private static DynamicMessage time(DynamicMessage.Builder builder, long seconds, int nanos) {
    Descriptor type = builder.getDescriptorForType();
    return builder.setField(type.findFieldByName("seconds"), seconds)
        .setField(type.findFieldByName("nanos"), nanos).build();
  }

  private static int nanos() {
    int[] nanos = {0, 1, 999999999, 120000000, 123456000, 7000};
    return nanos[RANDOM.nextInt(6)];
  }

  private static boolean isMessage(FieldDescriptor field) {
    return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
  }

  private static Object value(FieldDescriptor field, Map<String, Descriptor> messages, int depth) {
    switch (field.getJavaType()) {
      case INT: return (int) longValue();
      case LONG: return longValue();
      case BOOLEAN: return RANDOM.nextBoolean();
      case FLOAT: return floatValue();
      case DOUBLE: return doubleValue();
      case STRING: return STRINGS[RANDOM.nextInt(STRINGS.length)];
      case BYTE_STRING: {
        byte[] bytes = new byte[RANDOM.nextInt(6)];
        RANDOM.nextBytes(bytes);
        return ByteString.copyFrom(bytes);
      }
      case ENUM: {
        // A number without a name: an open enum shows it.
        if (field.getFile().getName().startsWith("proto3") && RANDOM.nextInt(6) == 0)
          return field.getEnumType().findValueByNumberCreatingIfUnknown(77);
        List<EnumValueDescriptor> values = field.getEnumType().getValues();
        return values.get(RANDOM.nextInt(values.size()));
      }
      default: return random(field.getMessageType(), messages, depth);
    }
  }

  private static long longValue() {
    return RANDOM.nextBoolean() ? LONGS[RANDOM.nextInt(LONGS.length)] : RANDOM.nextLong() >> RANDOM.nextInt(64);
  }

  /** Without those of which a JDK before 19 prints more digits than it takes. */
  private static double doubleValue() {
    if (RANDOM.nextBoolean()) return DOUBLES[RANDOM.nextInt(DOUBLES.length)];
    while (true) {
      double value = Double.longBitsToDouble(RANDOM.nextLong());
      if (Double.isNaN(value) || Double.isInfinite(value)) continue;
      BigDecimal printed = new BigDecimal(Double.toString(value)).stripTrailingZeros();
      int digits = printed.precision();
      if (digits > 2 && new BigDecimal(value).round(new MathContext(digits - 1)).doubleValue() == value) continue;
      if (new BigDecimal(value).round(new MathContext(digits)).compareTo(printed) != 0) continue;
      return value;
    }
  }

  private static float floatValue() {
    if (RANDOM.nextBoolean()) return FLOATS[RANDOM.nextInt(FLOATS.length)];
    while (true) {
      float value = Float.intBitsToFloat(RANDOM.nextInt());
      if (Float.isNaN(value) || Float.isInfinite(value)) continue;
      BigDecimal printed = new BigDecimal(Float.toString(value)).stripTrailingZeros();
      int digits = printed.precision();
      if (digits > 2 && new BigDecimal(value).round(new MathContext(digits - 1)).floatValue() == value) continue;
      if (new BigDecimal(value).round(new MathContext(digits)).compareTo(printed) != 0) continue;
      return value;
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
