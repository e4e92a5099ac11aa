using Kdoctor.Core.Planning;
using Kdoctor.Core.Tasks;
using Xunit;

namespace Kdoctor.Tests.Core.Tasks;

/// <summary>Secrets and ConfigMaps beside the tasks of a file.</summary>
public sealed class CompanionObjectTests
{
    [Fact]
    public void They_are_read_apart_from_the_tasks()
    {
        var file = TaskFile.Read(
            """
            apiVersion: v1
            kind: Secret
            metadata: {name: client, namespace: shop, labels: {a: b}}
            stringData: {ca.crt: x}
            data: {tls.crt: aGk=}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: order}
            data: {body: hello}
            ---
            apiVersion: kdoctor.io/v1beta1
            kind: NetReach
            metadata: {name: reach}
            """, TaskLimits.Default);

        Assert.Empty(file.Problems);
        Assert.Equal("reach", Assert.Single(file.Readings).Task!.Name);
        Assert.Equal([new ObjectReference(ObjectKind.Secret, "shop", "client"), new ObjectReference(ObjectKind.ConfigMap, "default", "order")], file.Objects.Select(item => item.Reference));
        Assert.Equal("""{"name":"order","namespace":"default"}""", file.Objects[1].Document["metadata"]!.ToJsonString());
    }

    [Fact]
    public void Every_problem_is_told_and_none_repeats_a_value()
    {
        var file = TaskFile.Read(
            """
            apiVersion: v1
            kind: Secret
            metadata: {name: A, namespace: 7}
            data: {ca.crt: "hush!hush", n: 4711}
            stringdata: {a: hush}
            ---
            apiVersion: v1
            kind: ConfigMap
            data: [hush]
            binaryData: {b: "hush!hush"}
            """, TaskLimits.Default);

        Assert.Equal(
        [
            "3 metadata.name", "3 metadata.namespace", "4 data.ca.crt", "4 data.n", "5 stringdata", "7 metadata.name", "9 data", "10 binaryData.b",
        ], file.Problems.Select(problem => $"{problem.Line} {problem.Field.Replace("[\"ca.crt\"]", ".ca.crt", StringComparison.Ordinal)}"));
        Assert.All(file.Problems, problem => Assert.False(problem.Text.Contains("hush", StringComparison.Ordinal) || problem.Text.Contains("4711", StringComparison.Ordinal), problem.Text));
        Assert.Empty(file.Objects);
    }

    [Fact]
    public void The_same_object_twice_is_a_problem() =>
        Assert.Contains("another ConfigMap default/a", Assert.Single(TaskFile.Read(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n", TaskLimits.Default).Problems).Text, StringComparison.Ordinal);
}
