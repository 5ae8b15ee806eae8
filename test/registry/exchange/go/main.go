// franz-go's registry client as its users use it, with hamba/avro and Google's Protobuf. Arguments as of transport.mjs;
// before that, `check REGISTRY` tries every call of the client.
package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/hamba/avro/v2"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sr"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
)

type item struct {
	Sku  string `json:"sku" avro:"sku"`
	Size string `json:"size" avro:"size"`
}

type order struct {
	ID       int64            `json:"id" avro:"id"`
	Customer string           `json:"customer" avro:"customer"`
	Note     *string          `json:"note" avro:"note"`
	Total    float64          `json:"total" avro:"total"`
	IsPaid   bool             `json:"isPaid" avro:"isPaid"`
	Status   string           `json:"status" avro:"status"`
	Tags     []string         `json:"tags" avro:"tags"`
	Counts   map[string]int64 `json:"counts" avro:"counts"`
	Item     item             `json:"item" avro:"item"`
}

type exchanged struct {
	Schema  string            `json:"schema"`
	Message string            `json:"message"`
	Records []json.RawMessage `json:"records"`
}

var ctx, cancel = context.WithTimeout(context.Background(), 30*time.Second)

func main() {
	defer cancel()
	action, words := os.Args[1], os.Args[2:]
	if action == "check" {
		check(must(sr.NewClient(sr.URLs(words[0]), sr.PreReq(takeAll))))
		return
	}
	registry := must(sr.NewClient(sr.URLs(words[1])))
	if action == "write" {
		write(words[0], registry, words[2:])
	} else {
		read(words[0], registry, words[2:])
	}
}

func write(bootstrap string, registry *sr.Client, words []string) {
	kafka := must(kgo.NewClient(kgo.SeedBrokers(bootstrap), kgo.AllowAutoTopicCreation()))
	defer kafka.Close()
	var all map[string]exchanged
	try(json.NewDecoder(os.Stdin).Decode(&all))
	for at := 0; at < len(words); at += 2 {
		format, topic := words[at], words[at+1]
		given := all[format]
		schema := must(registry.CreateSchema(ctx, topic+"-value", sr.Schema{Schema: given.Schema, Type: typeOf(format)}))
		serde := sr.NewSerde()
		options := []sr.EncodingOpt{sr.EncodeFn(encoder(registry, format, schema, given.Message))}
		if format == "protobuf" {
			options = append(options, sr.Index(0))
		}
		serde.Register(schema.ID, json.RawMessage{}, options...)
		for _, record := range given.Records {
			value := must(serde.Encode(record))
			try(kafka.ProduceSync(ctx, &kgo.Record{Topic: topic, Value: value}).FirstErr())
		}
	}
}

func read(bootstrap string, registry *sr.Client, words []string) {
	values := valuesOf(bootstrap, words)
	for at := 0; at < len(words); at += 3 {
		format, topic := words[at], words[at+1]
		for _, value := range values[topic] {
			text, err := decode(registry, format, value)
			if err != nil {
				line := must(json.Marshal(map[string]string{"topic": topic, "error": err.Error()}))
				fmt.Println(string(line))
				break
			}
			fmt.Printf("{\"topic\":%q,\"value\":%s}\n", topic, text)
		}
	}
}

// The records of all topics, as many as there are said to be.
func valuesOf(bootstrap string, words []string) map[string][][]byte {
	partitions, wanted := map[string]map[int32]kgo.Offset{}, 0
	for at := 0; at < len(words); at += 3 {
		partitions[words[at+1]] = map[int32]kgo.Offset{0: kgo.NewOffset().AtStart()}
		wanted += must(strconv.Atoi(words[at+2]))
	}
	kafka := must(kgo.NewClient(kgo.SeedBrokers(bootstrap), kgo.ConsumePartitions(partitions)))
	defer kafka.Close()
	values := map[string][][]byte{}
	for wanted > 0 {
		fetches := kafka.PollFetches(ctx)
		try(fetches.Err0())
		fetches.EachRecord(func(record *kgo.Record) {
			values[record.Topic] = append(values[record.Topic], record.Value)
			wanted--
		})
	}
	return values
}

func encoder(registry *sr.Client, format string, schema sr.SubjectSchema, message string) func(any) ([]byte, error) {
	switch format {
	case "avro":
		parsed := avro.MustParse(schema.Schema.Schema)
		return func(value any) ([]byte, error) {
			var record order
			if err := json.Unmarshal(value.(json.RawMessage), &record); err != nil {
				return nil, err
			}
			return avro.Marshal(parsed, record)
		}
	case "protobuf":
		kind := must(fileOf(registry, schema.ID)).Messages().ByName(protoreflect.FullName(message).Name())
		return func(value any) ([]byte, error) {
			record := dynamicpb.NewMessage(kind)
			if err := protojson.Unmarshal(value.(json.RawMessage), record); err != nil {
				return nil, err
			}
			return proto.Marshal(record)
		}
	}
	return func(value any) ([]byte, error) { return value.(json.RawMessage), nil }
}

func decode(registry *sr.Client, format string, value []byte) ([]byte, error) {
	var header sr.ConfluentHeader
	id, payload, err := header.DecodeID(value)
	if err != nil {
		return nil, err
	}
	switch format {
	case "avro":
		schema, err := registry.SchemaByID(ctx, id)
		if err != nil {
			return nil, err
		}
		var record order
		if err := avro.Unmarshal(avro.MustParse(schema.Schema), payload, &record); err != nil {
			return nil, err
		}
		return json.Marshal(record)
	case "protobuf":
		indexes, payload, err := header.DecodeIndex(payload, 1)
		if err != nil {
			return nil, err
		}
		file, err := fileOf(registry, id)
		if err != nil {
			return nil, err
		}
		if len(indexes) != 1 || indexes[0] >= file.Messages().Len() {
			return nil, fmt.Errorf("there is no message %v", indexes)
		}
		record := dynamicpb.NewMessage(file.Messages().Get(indexes[0]))
		if err := proto.Unmarshal(payload, record); err != nil {
			return nil, err
		}
		return protojson.MarshalOptions{EmitUnpopulated: true}.Marshal(record)
	}
	return payload, nil
}

// What generated code would say of a file, from what the registry says of it.
func fileOf(registry *sr.Client, id int) (protoreflect.FileDescriptor, error) {
	schema, err := registry.SchemaByID(sr.WithParams(ctx, sr.Format("serialized")), id)
	if err != nil {
		return nil, err
	}
	bytes, err := base64.StdEncoding.DecodeString(schema.Schema)
	if err != nil {
		return nil, err
	}
	var file descriptorpb.FileDescriptorProto
	if err := proto.Unmarshal(bytes, &file); err != nil {
		return nil, err
	}
	return protodesc.NewFile(&file, nil)
}

func typeOf(format string) sr.SchemaType {
	return map[string]sr.SchemaType{"avro": sr.TypeAvro, "json": sr.TypeJSON, "protobuf": sr.TypeProtobuf}[format]
}

// Newer clients say that they take all that newer registries say.
func takeAll(request *http.Request) error {
	request.Header.Set("Confluent-Accept-Unknown-Properties", "true")
	return nil
}

func must[T any](value T, err error) T {
	try(err)
	return value
}

func try(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
