package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/twmb/franz-go/pkg/sr"
)

const (
	user   = `{"type":"record","name":"User","fields":[{"name":"id","type":"string"}]}`
	userV2 = `{"type":"record","name":"User","fields":[{"name":"id","type":"string"},{"name":"age","type":"int","default":0}]}`
	team   = `{"type":"record","name":"Team","fields":[{"name":"lead","type":"User"}]}`
)

// Every call of the client, with what a registry that is new has to say.
func check(cl *sr.Client) {
	same("types", must(cl.SupportedTypes(ctx)), "[AVRO PROTOBUF JSON]")
	same("contexts", must(cl.Contexts(ctx)), "[.]")
	same("compatibility", cl.Compatibility(ctx)[0].Level, "BACKWARD")
	same("mode", cl.Mode(ctx)[0].Mode, "READWRITE")

	first := must(cl.CreateSchema(ctx, "user", sr.Schema{Schema: user}))
	same("create", []any{first.Subject, first.Version, first.ID, first.Schema.Schema}, fmt.Sprint([]any{"user", 1, 1, user}))
	same("register", must(cl.RegisterSchema(ctx, "user", sr.Schema{Schema: userV2}, -1, -1)), "2")
	reference := sr.SchemaReference{Name: "User", Subject: "user", Version: 2}
	same("register with a reference", must(cl.RegisterSchema(ctx, "team",
		sr.Schema{Schema: team, References: []sr.SchemaReference{reference}}, -1, -1)), "3")

	same("subjects", must(cl.Subjects(ctx)), "[team user]")
	same("subjects by prefix", must(cl.Subjects(sr.WithParams(ctx, sr.SubjectPrefix("te")))), "[team]")
	same("versions", must(cl.SubjectVersions(ctx, "user")), "[1 2]")
	same("a part of them", must(cl.SubjectVersions(sr.WithParams(ctx, sr.Offset(1), sr.Limit(1)), "user")), "[2]")
	same("schema by id", must(cl.SchemaByID(ctx, 2)).Schema, userV2)
	same("text by id", must(cl.SchemaTextByID(ctx, 2)), userV2)
	same("schema by version", must(cl.SchemaByVersion(ctx, "team", -1)).References, "[{User user 2}]")
	same("text by version", must(cl.SchemaTextByVersion(ctx, "user", 1)), user)
	same("subjects by id", must(cl.SubjectsByID(ctx, 3)), "[team]")
	same("versions by id", must(cl.SchemaVersionsByID(ctx, 2)), "[{user 2}]")
	same("usages by id", len(must(cl.SchemaUsagesByID(ctx, 2))), "1")
	same("references", must(cl.SchemaReferences(ctx, "user", 2))[0].Subject, "team")
	same("schemas", len(must(cl.AllSchemas(ctx))), "3")
	same("schemas of a subject", len(must(cl.Schemas(ctx, "user"))), "2")
	same("look-up", must(cl.LookupSchema(ctx, "user", sr.Schema{Schema: userV2})).Version, "2")
	resolved := must(cl.SchemaTextByID(sr.WithParams(ctx, sr.Format("resolved")), 3))
	same("look-up with references resolved", must(cl.LookupSchema(ctx, "team", sr.Schema{Schema: resolved})).ID, "3")
	same("guid", must(cl.SchemaByGUID(ctx, first.GUID)).Schema.Schema, user)
	same("ids by guid", must(cl.SchemaIDsByGUID(ctx, first.GUID)), "[{. 1}]")

	settings(cl)
	contexts(cl)
	deletion(cl)
}

func settings(cl *sr.Client) {
	set := cl.SetCompatibility(ctx, sr.SetCompatibility{Level: sr.CompatFullTransitive}, "user")[0]
	same("set compatibility", []any{set.Level, set.Err}, "[FULL_TRANSITIVE <nil>]")
	same("get it", cl.Compatibility(ctx, "user")[0].Level, "FULL_TRANSITIVE")
	verdict := must(cl.CheckCompatibility(sr.WithParams(ctx, sr.Verbose), "user", -1, sr.Schema{Schema: `"int"`}))
	same("check", []any{verdict.Is, len(verdict.Messages) > 0}, "[false true]")
	same("reset it", cl.ResetCompatibility(ctx, "user")[0].Err, "<nil>")
	fails("get it after that", cl.Compatibility(ctx, "user")[0].Err, 40408)
	fails("incompatible", second(cl.RegisterSchema(ctx, "user", sr.Schema{Schema: `"int"`}, -1, -1)), 409)

	same("set mode", cl.SetMode(ctx, sr.ModeReadOnly, "user")[0].Err, "<nil>")
	fails("register while read-only", second(cl.RegisterSchema(ctx, "user", sr.Schema{Schema: `"int"`}, -1, -1)), 42205)
	same("reset mode", cl.ResetMode(ctx, "user")[0].Err, "<nil>")
	same("import mode", cl.SetMode(ctx, sr.ModeImport, "imported")[0].Err, "<nil>")
	imported := must(cl.CreateSchemaWithIDAndVersion(ctx, "imported", sr.Schema{Schema: `"bytes"`}, 77, 5))
	same("import", []any{imported.ID, imported.Version}, "[77 5]")
}

func contexts(cl *sr.Client) {
	inside := sr.InContext(ctx, ".other")
	same("create in a context", must(cl.RegisterSchema(inside, "user", sr.Schema{Schema: user}, -1, -1)), "1")
	same("its subjects", must(cl.Subjects(inside)), "[:.other:user]")
	same("its schema", must(cl.SchemaByID(inside, 1)).Schema, user)
	same("contexts by prefix", must(cl.Contexts(sr.WithParams(ctx, sr.ContextPrefix(".ot")))), "[.other]")
	fails("delete it with what it has", cl.DeleteContext(ctx, ".other"), 42211)
	must(cl.DeleteSubject(inside, "user", sr.SoftDelete))
	must(cl.DeleteSubject(inside, "user", sr.HardDelete))
	same("delete it", cl.DeleteContext(ctx, ".other"), "<nil>")
	same("contexts after that", must(cl.Contexts(ctx)), "[.]")
}

func deletion(cl *sr.Client) {
	fails("delete what is referred to", cl.DeleteSchema(ctx, "user", 2, sr.SoftDelete), 42206)
	fails("delete for good at once", second(cl.DeleteSubject(ctx, "team", sr.HardDelete)), 40405)
	same("delete a version", cl.DeleteSchema(ctx, "team", 1, sr.SoftDelete), "<nil>")
	same("for good", cl.DeleteSchema(ctx, "team", 1, sr.HardDelete), "<nil>")
	same("delete a subject", must(cl.DeleteSubject(ctx, "user", sr.SoftDelete)), "[1 2]")
	fails("its versions after that", second(cl.SubjectVersions(ctx, "user")), 40401)
	same("with what is deleted", must(cl.SubjectVersions(sr.WithParams(ctx, sr.ShowDeleted), "user")), "[1 2]")
	fails("a subject that never was", second(cl.SchemaByVersion(ctx, "nobody", 1)), 40401)
	fails("an id that never was", second(cl.SchemaByID(ctx, 999)), 40403)
	fails("what is no schema", second(cl.CreateSchema(ctx, "bad", sr.Schema{Schema: "bad"})), 42201)
}

func same(what string, got any, wanted string) {
	if text := fmt.Sprint(got); text != wanted {
		fmt.Fprintf(os.Stderr, "%s: %s, not %s\n", what, text, wanted)
		os.Exit(1)
	}
}

func fails(what string, err error, code int) {
	var response *sr.ResponseError
	if !errors.As(err, &response) {
		same(what, err, fmt.Sprint(code))
	}
	same(what, response.ErrorCode, fmt.Sprint(code))
}

func second[T any](_ T, err error) error { return err }
