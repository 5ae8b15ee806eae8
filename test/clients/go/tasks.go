package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/IBM/sarama"
)

var tasks = []struct {
	name string
	run  func(server, strict string) error
}{
	{"admin", admin}, {"produce", produce}, {"records", records}, {"offsets", offsets},
	{"groups", groups}, {"idempotence", idempotence}, {"errors", refusals}, {"transactions", transactions},
}

var codecs = map[string]sarama.CompressionCodec{
	"none": sarama.CompressionNone, "gzip": sarama.CompressionGZIP, "snappy": sarama.CompressionSnappy,
	"lz4": sarama.CompressionLZ4, "zstd": sarama.CompressionZSTD,
}

func settings() *sarama.Config {
	config := sarama.NewConfig()
	config.Version = sarama.MaxVersion
	config.Producer.Return.Successes = true
	config.Producer.Partitioner = sarama.NewManualPartitioner
	config.Producer.Retry.Max = 1
	config.Consumer.Offsets.Initial = sarama.OffsetOldest
	config.Consumer.MaxWaitTime = 100 * time.Millisecond
	config.Consumer.Group.Heartbeat.Interval = 200 * time.Millisecond
	config.Metadata.Retry.Max = 1
	return config
}

func topicName(task string) string {
	return fmt.Sprintf("go-%s-%d", task, time.Now().UnixNano())
}

func withAdmin(server string, use func(sarama.ClusterAdmin) error) error {
	client, err := sarama.NewClusterAdmin([]string{server}, settings())
	if err != nil {
		return err
	}
	defer client.Close()
	return use(client)
}

func newTopic(server, task string, partitions int32, configs map[string]*string) (string, error) {
	topic := topicName(task)
	return topic, withAdmin(server, func(client sarama.ClusterAdmin) error {
		return client.CreateTopic(topic, &sarama.TopicDetail{NumPartitions: partitions, ReplicationFactor: 1, ConfigEntries: configs}, false)
	})
}

func equal(what string, got, wanted any) error {
	if !reflect.DeepEqual(got, wanted) {
		return fmt.Errorf("%s: got %v, not %v", what, got, wanted)
	}
	return nil
}

func refused(what string, err, wanted error) error {
	if !errors.Is(err, wanted) {
		return fmt.Errorf("%s: got error %v, not %v", what, err, wanted)
	}
	return nil
}

func pointer(text string) *string { return &text }

func admin(server, _ string) error {
	return withAdmin(server, func(client sarama.ClusterAdmin) error {
		topic := topicName("admin")
		detail := &sarama.TopicDetail{NumPartitions: 2, ReplicationFactor: 1, ConfigEntries: map[string]*string{"retention.ms": pointer("86400000"), "cleanup.policy": pointer("compact")}}
		if err := client.CreateTopic(topic, detail, false); err != nil {
			return err
		}
		again := client.CreateTopic(topic, detail, false)
		topics, err := client.ListTopics()
		if err != nil {
			return err
		}
		brokers, controller, err := client.DescribeCluster()
		if err != nil {
			return err
		}
		err = errors.Join(
			refused("a second creation", again, sarama.ErrTopicAlreadyExists),
			equal("partitions", topics[topic].NumPartitions, int32(2)), equal("brokers", len(brokers), 1), equal("controller", controller, brokers[0].ID()),
			settingIs(client, topic, "cleanup.policy", "compact"),
			client.IncrementalAlterConfig(sarama.TopicResource, topic, map[string]sarama.IncrementalAlterConfigsEntry{
				"retention.ms": {Operation: sarama.IncrementalAlterConfigsOperationSet, Value: pointer("1000")}}, false),
			settingIs(client, topic, "retention.ms", "1000"), settingIs(client, topic, "cleanup.policy", "compact"),
			client.AlterConfig(sarama.TopicResource, topic, map[string]*string{"retention.ms": pointer("2000")}, false),
			settingIs(client, topic, "retention.ms", "2000"), settingIs(client, topic, "cleanup.policy", "delete"),
			client.CreatePartitions(topic, 3, nil, false),
		)
		if err != nil {
			return err
		}
		if client.CreatePartitions(topic, 1, nil, false) == nil {
			return errors.New("fewer partitions were accepted")
		}
		described, err := client.DescribeTopics([]string{topic})
		if err != nil {
			return err
		}
		if err := errors.Join(equal("partitions", len(described[0].Partitions), 3), client.DeleteTopic(topic)); err != nil {
			return err
		}
		topics, err = client.ListTopics()
		_, isThere := topics[topic]
		return errors.Join(err, equal("topic is there", isThere, false))
	})
}

func settingIs(client sarama.ClusterAdmin, topic, name, wanted string) error {
	entries, err := client.DescribeConfig(sarama.ConfigResource{Type: sarama.TopicResource, Name: topic, ConfigNames: []string{name}})
	if err != nil {
		return err
	}
	if len(entries) != 1 {
		return fmt.Errorf("%d settings, not %s alone", len(entries), name)
	}
	return equal(name, entries[0].Value, wanted)
}

func send(server string, config *sarama.Config, messages []*sarama.ProducerMessage) error {
	producer, err := sarama.NewSyncProducer([]string{server}, config)
	if err != nil {
		return err
	}
	defer producer.Close()
	return producer.SendMessages(messages)
}

func text(topic string, partition int32, values ...string) (messages []*sarama.ProducerMessage) {
	for _, value := range values {
		messages = append(messages, &sarama.ProducerMessage{Topic: topic, Partition: partition, Value: sarama.StringEncoder(value)})
	}
	return messages
}

func produce(server, _ string) error {
	topic, err := newTopic(server, "produce", 1, nil)
	if err != nil {
		return err
	}
	for _, acks := range []sarama.RequiredAcks{sarama.NoResponse, sarama.WaitForLocal, sarama.WaitForAll} {
		for _, codec := range codecs {
			config := settings()
			config.Producer.RequiredAcks, config.Producer.Compression = acks, codec
			if err := send(server, config, text(topic, 0, strings.Repeat("a", 2000), strings.Repeat("b", 2000))); err != nil {
				return err
			}
		}
	}
	got, err := readMessages(server, topic, 0, 0, 30, settings())
	if err != nil {
		return err
	}
	counts := map[byte]int{}
	for _, message := range got {
		counts[message.Value[0]]++
	}
	return equal("values", counts, map[byte]int{'a': 15, 'b': 15})
}

func records(server, _ string) error {
	topic, err := newTopic(server, "records", 2, nil)
	if err != nil {
		return err
	}
	header := func(name, value string) sarama.RecordHeader {
		return sarama.RecordHeader{Key: []byte(name), Value: []byte(value)}
	}
	sent := []*sarama.ProducerMessage{
		{Key: sarama.StringEncoder("ключ"), Value: sarama.StringEncoder("wert"), Headers: []sarama.RecordHeader{header("a", "1"), header("a", "2"), header("empty", "")}},
		{Value: sarama.StringEncoder("no key")},
		{Key: sarama.StringEncoder("tombstone")},
		{Key: sarama.ByteEncoder{0, 255}, Value: sarama.ByteEncoder{255, 254, 0}},
	}
	for i, message := range sent {
		message.Topic, message.Partition, message.Timestamp = topic, 1, time.UnixMilli(1700000000000+int64(i))
	}
	if err := send(server, settings(), sent); err != nil {
		return err
	}
	got, err := readMessages(server, topic, 1, 0, len(sent), settings())
	if err != nil {
		return err
	}
	var problems []error
	for i, message := range got {
		problems = append(problems, equal("key", message.Key, encoded(sent[i].Key)), equal("value", message.Value, encoded(sent[i].Value)),
			equal("timestamp", message.Timestamp.UnixMilli(), sent[i].Timestamp.UnixMilli()), equal("offset", sent[i].Offset, int64(i)),
			equal("headers", len(message.Headers), len(sent[i].Headers)))
	}
	return errors.Join(append(problems, equal("second header", string(got[0].Headers[1].Value), "2"))...)
}

func encoded(encoder sarama.Encoder) []byte {
	if encoder == nil {
		return nil
	}
	bytes, _ := encoder.Encode()
	return bytes
}

func offsets(server, _ string) error {
	topic, err := newTopic(server, "offsets", 1, nil)
	if err != nil {
		return err
	}
	messages := text(topic, 0, "0", "1", "2", "3", "4", "5", "6", "7", "8", "9")
	for i, message := range messages {
		message.Timestamp = time.UnixMilli(1700000000000 + int64(i)*1000)
	}
	if err := send(server, settings(), messages); err != nil {
		return err
	}
	client, err := sarama.NewClient([]string{server}, settings())
	if err != nil {
		return err
	}
	defer client.Close()
	var problems []error
	for at, wanted := range map[int64]int64{sarama.OffsetOldest: 0, sarama.OffsetNewest: 10, 1700000004500: 5} {
		offset, err := client.GetOffset(topic, 0, at)
		problems = append(problems, err, equal(fmt.Sprint("offset at ", at), offset, wanted))
	}
	got, err := readMessages(server, topic, 0, 7, 3, settings())
	if err != nil {
		return err
	}
	problems = append(problems, equal("from 7", string(got[0].Value), "7"))
	problems = append(problems, withAdmin(server, func(admin sarama.ClusterAdmin) error { return admin.DeleteRecords(topic, map[int32]int64{0: 3}) }))
	oldest, err := client.GetOffset(topic, 0, sarama.OffsetOldest)
	return errors.Join(append(problems, err, equal("oldest", oldest, int64(3)))...)
}

// member counts what it gets, and says how many partitions it has.
type member struct {
	mutex  sync.Mutex
	claims int
	seen   map[string]int
}

func (m *member) Setup(session sarama.ConsumerGroupSession) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.claims = 0
	for _, partitions := range session.Claims() {
		m.claims += len(partitions)
	}
	return nil
}

func (m *member) Cleanup(sarama.ConsumerGroupSession) error { return nil }

func (m *member) ConsumeClaim(session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	for message := range claim.Messages() {
		m.mutex.Lock()
		m.seen[string(message.Value)]++
		m.mutex.Unlock()
		session.MarkMessage(message, "")
		session.Commit()
	}
	return nil
}

func (m *member) state() (claims, seen int) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.claims, len(m.seen)
}

func join(server, group, topic string) (*member, func() error, error) {
	client, err := sarama.NewConsumerGroup([]string{server}, group, settings())
	if err != nil {
		return nil, nil, err
	}
	joined := &member{seen: map[string]int{}}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil && client.Consume(ctx, []string{topic}, joined) == nil {
		}
	}()
	return joined, func() error { cancel(); <-done; return client.Close() }, nil
}

func until(what string, holds func() bool) error {
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			return fmt.Errorf("waited in vain: %s", what)
		}
	}
	return nil
}

func groups(server, _ string) error {
	topic, err := newTopic(server, "groups", 4, nil)
	if err != nil {
		return err
	}
	first, leaveFirst, err := join(server, topic, topic)
	if err != nil {
		return err
	}
	has := func(m *member, wanted int) bool { claims, _ := m.state(); return claims == wanted }
	if err := until("the first member gets all", func() bool { return has(first, 4) }); err != nil {
		return err
	}
	second, leaveSecond, err := join(server, topic, topic)
	if err != nil {
		return err
	}
	if err := until("an even share", func() bool { return has(first, 2) && has(second, 2) }); err != nil {
		return err
	}
	var messages []*sarama.ProducerMessage
	for i := range 40 {
		messages = append(messages, text(topic, int32(i%4), fmt.Sprint(i))...)
	}
	if err := send(server, settings(), messages); err != nil {
		return err
	}
	if err := until("40 records", func() bool { _, a := first.state(); _, b := second.state(); return a+b == 40 }); err != nil {
		return err
	}
	return withAdmin(server, func(client sarama.ClusterAdmin) error {
		described, err := client.DescribeConsumerGroups([]string{topic})
		if err != nil {
			return err
		}
		listed, err := client.ListConsumerGroups()
		if err != nil {
			return err
		}
		problems := []error{equal("state", described[0].State, "Stable"), equal("members", len(described[0].Members), 2), equal("type", listed[topic], "consumer"),
			refused("deletion of a group with members", client.DeleteConsumerGroup(topic), sarama.ErrNonEmptyGroup),
			leaveSecond(), until("all come back", func() bool { return has(first, 4) }), leaveFirst()}
		committed, err := client.ListConsumerGroupOffsets(topic, map[string][]int32{topic: {0, 1, 2, 3}})
		if err != nil {
			return errors.Join(append(problems, err)...)
		}
		for partition := range int32(4) {
			problems = append(problems, equal("committed", committed.GetBlock(topic, partition).Offset, int64(10)))
		}
		return errors.Join(append(problems, client.DeleteConsumerGroupOffset(topic, topic, 0), client.DeleteConsumerGroup(topic))...)
	})
}

func idempotent() *sarama.Config {
	config := settings()
	config.Producer.Idempotent = true
	config.Producer.RequiredAcks = sarama.WaitForAll
	config.Net.MaxOpenRequests = 1
	return config
}

func idempotence(server, _ string) error {
	topic, err := newTopic(server, "idempotence", 1, nil)
	if err != nil {
		return err
	}
	config := idempotent()
	config.Producer.Flush.MaxMessages = 10
	var messages []*sarama.ProducerMessage
	for i := range 500 {
		messages = append(messages, text(topic, 0, fmt.Sprint(i))...)
	}
	if err := send(server, config, messages); err != nil {
		return err
	}
	got, err := readMessages(server, topic, 0, 0, 500, settings())
	if err != nil {
		return err
	}
	for i, message := range got {
		if err := equal("value", string(message.Value), fmt.Sprint(i)); err != nil {
			return err
		}
	}
	return nil
}

func refusals(server, strict string) error {
	topic, err := newTopic(server, "errors", 1, map[string]*string{"max.message.bytes": pointer("1000")})
	if err != nil {
		return err
	}
	firstOf := func(err error) error {
		var all sarama.ProducerErrors
		if errors.As(err, &all) {
			return all[0].Err
		}
		return err
	}
	missing := topicName("missing")
	_, fetchError := readMessages(server, topic, 7, 0, 1, settings())
	return errors.Join(
		refused("a large message", firstOf(send(server, settings(), text(topic, 0, strings.Repeat("x", 5000)))), sarama.ErrMessageSizeTooLarge),
		send(server, settings(), text(topic, 0, "still served")),
		refused("a bad partition", firstOf(send(server, settings(), text(topic, 7, "x"))), sarama.ErrInvalidPartition),
		refused("a bad partition to read", fetchError, sarama.ErrUnknownTopicOrPartition),
		refused("a missing topic", firstOf(send(strict, settings(), text(missing, 0, "x"))), sarama.ErrUnknownTopicOrPartition),
		withAdmin(server, func(client sarama.ClusterAdmin) error {
			create := func(name string, detail sarama.TopicDetail) error { return client.CreateTopic(name, &detail, false) }
			return errors.Join(
				refused("a bad name", create("a/b", sarama.TopicDetail{NumPartitions: 1, ReplicationFactor: 1}), sarama.ErrInvalidTopic),
				refused("replicas", create(topicName("replicas"), sarama.TopicDetail{NumPartitions: 1, ReplicationFactor: 3}), sarama.ErrInvalidReplicationFactor),
				refused("a bad setting", create(topicName("setting"), sarama.TopicDetail{NumPartitions: 1, ReplicationFactor: 1, ConfigEntries: map[string]*string{"retention.ms": pointer("soon")}}), sarama.ErrInvalidConfig),
				refused("a deletion", client.DeleteTopic(topicName("missing")), sarama.ErrUnknownTopicOrPartition))
		}))
}

func transactions(server, _ string) error {
	topic, err := newTopic(server, "transactions", 1, nil)
	if err != nil {
		return err
	}
	config := idempotent()
	config.Producer.Transaction.ID = topic
	config.Producer.Transaction.Retry.Max = 3
	config.Metadata.Retry.Max = 3
	producer, err := sarama.NewAsyncProducer([]string{server}, config)
	if err != nil {
		return err
	}
	defer producer.Close()
	for _, commits := range []bool{false, true} {
		if err := producer.BeginTxn(); err != nil {
			return err
		}
		for i := range 10 {
			producer.Input() <- text(topic, 0, fmt.Sprint(commits, i))[0]
			select {
			case <-producer.Successes():
			case err := <-producer.Errors():
				return err.Err
			}
		}
		end := producer.AbortTxn
		if commits {
			end = producer.CommitTxn
		}
		if err := end(); err != nil {
			return err
		}
	}
	reading := settings()
	reading.Consumer.IsolationLevel = sarama.ReadCommitted
	got, err := readMessages(server, topic, 0, 0, 10, reading)
	if err != nil {
		return err
	}
	return equal("first committed", string(got[0].Value), fmt.Sprint(true, 0))
}

func readMessages(server, topic string, partition int32, from int64, count int, config *sarama.Config) (messages []*sarama.ConsumerMessage, err error) {
	consumer, err := sarama.NewConsumer([]string{server}, config)
	if err != nil {
		return nil, err
	}
	defer consumer.Close()
	claim, err := consumer.ConsumePartition(topic, partition, from)
	if err != nil {
		return nil, err
	}
	defer claim.Close()
	late := time.After(20 * time.Second)
	for len(messages) < count {
		select {
		case message := <-claim.Messages():
			messages = append(messages, message)
		case <-late:
			return messages, fmt.Errorf("%d of %d records came", len(messages), count)
		}
	}
	return messages, nil
}

func writeRecords(server, topic, codec string, records []Record) error {
	config := settings()
	config.Producer.Compression = codecs[codec]
	config.Producer.Flush.Frequency = 50 * time.Millisecond
	var messages []*sarama.ProducerMessage
	for _, record := range records {
		message := &sarama.ProducerMessage{Topic: topic, Partition: record.Partition, Timestamp: time.UnixMilli(record.Timestamp)}
		if record.Key != nil {
			message.Key = sarama.StringEncoder(*record.Key)
		}
		if record.Value != nil {
			message.Value = sarama.StringEncoder(*record.Value)
		}
		for _, pair := range record.Headers {
			message.Headers = append(message.Headers, sarama.RecordHeader{Key: []byte(*pair[0]), Value: []byte(*pair[1])})
		}
		messages = append(messages, message)
	}
	return send(server, config, messages)
}

func readRecords(server string, topics []string) error {
	client, err := sarama.NewClient([]string{server}, settings())
	if err != nil {
		return err
	}
	defer client.Close()
	for _, topic := range topics {
		partitions, err := client.Partitions(topic)
		if err != nil {
			return err
		}
		for _, partition := range partitions {
			if err := readPartition(client, topic, partition); err != nil {
				return err
			}
		}
	}
	return nil
}

// readPartition prints the records up to the last, whose offset tells that it is the last.
func readPartition(client sarama.Client, topic string, partition int32) error {
	end, err := client.GetOffset(topic, partition, sarama.OffsetNewest)
	if err != nil || end == 0 {
		return err
	}
	consumer, err := sarama.NewConsumerFromClient(client)
	if err != nil {
		return err
	}
	claim, err := consumer.ConsumePartition(topic, partition, sarama.OffsetOldest)
	if err != nil {
		return err
	}
	defer claim.Close()
	lines := json.NewEncoder(os.Stdout)
	for late := time.After(20 * time.Second); ; {
		select {
		case m := <-claim.Messages():
			record := Record{topic, partition, m.Offset, m.Timestamp.UnixMilli(), plain(m.Key), plain(m.Value), [][2]*string{}}
			for _, header := range m.Headers {
				record.Headers = append(record.Headers, [2]*string{plain(header.Key), plain(header.Value)})
			}
			if err := lines.Encode(record); err != nil || m.Offset == end-1 {
				return err
			}
		case <-late:
			return fmt.Errorf("%s-%d was not read to its end", topic, partition)
		}
	}
}

func plain(bytes []byte) *string {
	if bytes == nil {
		return nil
	}
	return pointer(string(bytes))
}
