package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/IBM/sarama"
	"github.com/xdg-go/scram"
)

// Attempt is one with a right or a wrong secret: see ../secured/secured.mjs.
type Attempt struct {
	Name, Server, Protocol, Topic, Value string
	Authority, Identity                  string
	Mechanism, User, Password, Token     string
}

// makeAttempts goes through those of a file, and writes a line for each.
func makeAttempts(path string) {
	text, err := os.ReadFile(path)
	must(err)
	var attempts []Attempt
	must(json.Unmarshal(text, &attempts))
	for _, attempt := range attempts {
		var outcome struct {
			Error *string `json:"error"`
		}
		if err := attempt.make(); err != nil {
			outcome.Error = pointer(err.Error())
		}
		line, err := json.Marshal(outcome)
		must(err)
		fmt.Println(string(line))
	}
}

func (attempt Attempt) make() error {
	config, err := attempt.config()
	if err != nil {
		return err
	}
	client, err := sarama.NewClient([]string{attempt.Server}, config)
	if err != nil {
		return errors.Join(err, attempt.connect(config))
	}
	defer client.Close()
	offset, err := attempt.write(client)
	if err != nil {
		return err
	}
	return attempt.read(client, offset)
}

// connect says why a broker cannot be reached, which a client does not of every reason.
func (attempt Attempt) connect(config *sarama.Config) error {
	broker := sarama.NewBroker(attempt.Server)
	if err := broker.Open(config); err != nil {
		return err
	}
	_, err := broker.Connected()
	return err
}

func (attempt Attempt) config() (*sarama.Config, error) {
	config := settings()
	config.Metadata.Retry.Max = 0
	config.Producer.RequiredAcks = sarama.WaitForAll
	if attempt.Authority != "" {
		tlsConfig, err := attempt.tlsConfig()
		if err != nil {
			return nil, err
		}
		config.Net.TLS.Enable, config.Net.TLS.Config = true, tlsConfig
	}
	if attempt.Mechanism == "" {
		return config, nil
	}
	sasl := &config.Net.SASL
	sasl.Enable, sasl.Version = true, sarama.SASLHandshakeV1
	sasl.Mechanism, sasl.User, sasl.Password = sarama.SASLMechanism(attempt.Mechanism), attempt.User, attempt.Password
	sasl.TokenProvider = bearer(attempt.Token)
	sasl.SCRAMClientGeneratorFunc = func() sarama.SCRAMClient {
		return &scramClient{hash: map[string]scram.HashGeneratorFcn{sarama.SASLTypeSCRAMSHA256: scram.SHA256, sarama.SASLTypeSCRAMSHA512: scram.SHA512}[attempt.Mechanism]}
	}
	return config, nil
}

func (attempt Attempt) tlsConfig() (*tls.Config, error) {
	pem, err := os.ReadFile(attempt.Authority)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{RootCAs: x509.NewCertPool()}
	config.RootCAs.AppendCertsFromPEM(pem)
	if attempt.Identity == "" {
		return config, nil
	}
	identity, err := tls.LoadX509KeyPair(attempt.Identity, attempt.Identity)
	config.Certificates = []tls.Certificate{identity}
	return config, err
}

func (attempt Attempt) write(client sarama.Client) (int64, error) {
	producer, err := sarama.NewSyncProducerFromClient(client)
	if err != nil {
		return 0, err
	}
	defer producer.Close()
	name := []byte(attempt.Name)
	_, offset, err := producer.SendMessage(&sarama.ProducerMessage{
		Topic: attempt.Topic, Key: sarama.ByteEncoder(name), Value: sarama.StringEncoder(attempt.Value),
		Headers: []sarama.RecordHeader{{Key: []byte("attempt"), Value: name}},
	})
	return offset, err
}

func (attempt Attempt) read(client sarama.Client, offset int64) error {
	consumer, err := sarama.NewConsumerFromClient(client)
	if err != nil {
		return err
	}
	defer consumer.Close()
	partition, err := consumer.ConsumePartition(attempt.Topic, 0, offset)
	if err != nil {
		return err
	}
	defer partition.Close()
	select {
	case message := <-partition.Messages():
		got := []string{string(message.Key), string(message.Value), string(message.Headers[0].Value)}
		return equal("record", got, []string{attempt.Name, attempt.Value, attempt.Name})
	case <-time.After(10 * time.Second):
		return errors.New("the record was not read")
	}
}

// bearer is a token of OAUTHBEARER.
type bearer string

func (token bearer) Token() (*sarama.AccessToken, error) {
	return &sarama.AccessToken{Token: string(token)}, nil
}

// scramClient is what Sarama asks its users for, as its own examples have it.
type scramClient struct {
	hash         scram.HashGeneratorFcn
	conversation *scram.ClientConversation
}

func (client *scramClient) Begin(user, password, authzID string) error {
	made, err := client.hash.NewClient(user, password, authzID)
	if err == nil {
		client.conversation = made.NewConversation()
	}
	return err
}

func (client *scramClient) Step(challenge string) (string, error) {
	return client.conversation.Step(challenge)
}

func (client *scramClient) Done() bool { return client.conversation.Done() }
