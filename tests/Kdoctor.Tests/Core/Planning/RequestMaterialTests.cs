using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Tasks;
using Kdoctor.TestKit.Reports;
using Kdoctor.TestKit.Tls;
using Xunit;

namespace Kdoctor.Tests.Core.Planning;

/// <summary>Bodies and TLS out of ConfigMaps and Secrets: used as the task means them, or not at all; and never stored.</summary>
public sealed class RequestMaterialTests
{
    private static readonly ObjectReference Secret = new(ObjectKind.Secret, "shop", "client");
    private static readonly ObjectReference Map = new(ObjectKind.ConfigMap, "shop", "order");
    private static readonly TestAuthority Authority = new();
    private static readonly (byte[] Certificate, byte[] Key) Client = TestAuthority.PemOf(Authority.Issue(["client"]));
    private static readonly (byte[] Certificate, byte[] Key) Other = TestAuthority.PemOf(Authority.Issue(["other"]));

    public static TheoryData<string, string> UnusableSecrets { get; } = new()
    {
        { "", "has none of the keys ca.crt, tls.crt and tls.key" },
        { "tls.crt=client", "has tls.crt without tls.key" },
        { "tls.key=client", "has tls.key without tls.crt" },
        { "ca.crt=", "no certificate in PEM in it, so that the server could not be verified" },
        { "ca.crt=junk", "no certificate in PEM in it, so that the server could not be verified" },
        { "tls.crt=junk,tls.key=client", "has the key tls.crt, but no certificate in PEM" },
        { "tls.crt=client,tls.key=junk", "but no private key in PEM" },
        { "tls.crt=client,tls.key=encrypted", "but an encrypted private key in PEM" },
        { "tls.crt=client,tls.key=other", "a tls.key that is not the key of its tls.crt" },
    };

    [Theory, MemberData(nameof(UnusableSecrets))]
    public void A_Secret_that_cannot_be_used_leaves_the_target_out_and_never_the_server_unverified(string entries, string words)
    {
        var plan = Plan(Secret, Content(entries));
        Assert.Empty(plan.Targets);
        Assert.Contains(words, Assert.Single(plan.LeftOut).Reason, StringComparison.Ordinal);
        Assert.Contains("Secret shop/client", plan.LeftOut[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_whole_Secret_verifies_and_authenticates()
    {
        var tls = Assert.IsType<HttpRequestPlan>(Assert.Single(Plan(Secret, Content("ca.crt=ca,tls.crt=client,tls.key=client")).Targets).Request).Tls!;
        Assert.True(tls.Verifies);
        Assert.Equal(Client.Key, tls.KeyPem.ToArray());
        Assert.Equal(Client.Certificate, tls.CertificatePem.ToArray());
    }

    [Fact]
    public void What_could_not_be_read_leaves_the_target_out_in_the_readers_words()
    {
        var plan = Plan(Secret, ObjectContent.Unreadable("Secret shop/client cannot be read: there is none; make it"));
        Assert.Equal("Secret shop/client cannot be read: there is none; make it", Assert.Single(plan.LeftOut).Reason);
    }

    [Theory]
    [InlineData("body=hello", "hello")]
    [InlineData("name=a,id=7", """{"id":"7","name":"a"}""")]
    [InlineData("body=a,more=\"<é>\"", """{"body":"a","more":"\"<é>\""}""")]
    public void A_body_is_the_only_entry_or_all_of_them_as_JSON(string entries, string body) =>
        Assert.Equal(body, Encoding.UTF8.GetString(Assert.IsType<HttpRequestPlan>(Assert.Single(Plan(Map, Content(entries)).Targets).Request).Body.Span));

    [Fact]
    public void A_body_of_bytes_is_sent_as_it_is_only_where_it_is_alone()
    {
        var alone = Plan(Map, ObjectContent.Of([new("body", new byte[] { 0xFF, 0 })]));
        Assert.Equal([0xFF, 0], Assert.IsType<HttpRequestPlan>(Assert.Single(alone.Targets).Request).Body.ToArray());
        var mixed = Plan(Map, ObjectContent.Of([new("a", new byte[] { 0xFF, 0 }), new("b", "c"u8.ToArray())]));
        Assert.Contains("the key a whose value is not UTF-8", Assert.Single(mixed.LeftOut).Reason, StringComparison.Ordinal);
        Assert.Contains("has no data", Assert.Single(Plan(Map, ObjectContent.Of([])).LeftOut).Reason, StringComparison.Ordinal);
    }

    /// <summary>S5, whoever made a task had any Secret read and used. Against the defect: what the Secret holds is written into the plan, and found in what is stored.</summary>
    /// <remarks>Seen red: TlsPlan.KeyPem is written with the plan; ReferenceQuestion lets everybody.</remarks>
    [Fact]
    public void S5_a_stored_plan_has_no_key_no_certificate_and_no_body_and_finds_them_again()
    {
        var contents = ImmutableDictionary<ObjectReference, ObjectContent>.Empty
            .Add(Secret, Content("ca.crt=ca,tls.crt=client,tls.key=client"))
            .Add(Map, Content("body=the-body-of-this-test"));
        var plan = RoundPlanner.Plan(Task(Secret, Map), MeshSnapshot.Of(1) with { Contents = contents }, 1, MeshRound.Noon, MeshRound.Noon);
        var stored = JsonSerializer.Serialize(plan);
        foreach (var secret in new[] { Authority.Pem, Client.Certificate, Client.Key, "the-body-of-this-test"u8.ToArray() })
        {
            Assert.DoesNotContain(Encoding.ASCII.GetString(secret.AsSpan(0, Math.Min(secret.Length, 60))).ReplaceLineEndings("\\n"), stored, StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToBase64String(secret), stored, StringComparison.Ordinal);
        }

        var read = JsonSerializer.Deserialize<RoundPlan>(stored)!;
        Assert.Equal([Map, Secret], RequestMaterial.ReferencesOf(read).OrderByDescending(reference => reference.Kind));
        var restored = Assert.IsType<HttpRequestPlan>(RequestMaterial.Restore(read, contents, out var problem).Targets[0].Request);
        Assert.Null(problem);
        Assert.Equal(Client.Key, restored.Tls!.KeyPem.ToArray());
        Assert.Equal("the-body-of-this-test"u8.ToArray(), restored.Body.ToArray());
        RequestMaterial.Restore(read, ImmutableDictionary<ObjectReference, ObjectContent>.Empty, out problem);
        Assert.Contains("was not read", problem, StringComparison.Ordinal);
    }

    private static RoundPlan Plan(ObjectReference reference, ObjectContent content) => RoundPlanner.Plan(
        Task(reference), MeshSnapshot.Of(1) with { Contents = ImmutableDictionary<ObjectReference, ObjectContent>.Empty.Add(reference, content) }, 1, MeshRound.Noon, MeshRound.Noon);

    private static TaskDefinition Task(params ObjectReference[] references)
    {
        var fields = string.Concat(references.Select(reference => reference.Kind == ObjectKind.Secret
            ? $", tlsSecretName: {reference.Name}, tlsSecretNamespace: {reference.Namespace}"
            : $", bodyConfigmapName: {reference.Name}, bodyConfigmapNamespace: {reference.Namespace}"));
        return TaskFile.Read(
            $"apiVersion: kdoctor.io/v1beta1\nkind: AppHttpHealthy\nmetadata: {{name: a}}\nspec: {{target: {{host: 'https://shop', method: POST{fields}}}}}", TaskLimits.Default).Readings[0].Task!;
    }

    private static ObjectContent Content(string entries) => ObjectContent.Of(entries.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(entry => entry.Split('=', 2)).Select(entry =>
        KeyValuePair.Create(entry[0], new ReadOnlyMemory<byte>((entry[0], entry[1]) switch
        {
            (_, "ca") => Authority.Pem,
            ("tls.crt", "client") => Client.Certificate,
            ("tls.key", "client") => Client.Key,
            ("tls.key", "other") => Other.Key,
            (_, "encrypted") => "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n"u8.ToArray(),
            var (_, text) => Encoding.UTF8.GetBytes(text),
        }))));
}
