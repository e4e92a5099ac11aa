using Kdoctor.Core.Tasks;
using Xunit;

namespace Kdoctor.Tests.Core.Tasks;

/// <summary>
/// What <c>kubectl get netreach,netdns -o yaml</c> prints is a <c>v1 List</c>. Seen red: its apiVersion, kind and items were refused as those of a task.
/// </summary>
public sealed class ListManifestTests
{
    private const string Exported = """
        apiVersion: v1
        items:
        - apiVersion: kdoctor.io/v1beta1
          kind: NetReach
          metadata: {name: reach}
          spec:
            request: {qps: 5}
        - apiVersion: v1
          kind: ConfigMap
          metadata: {name: order}
          data: {body: hello}
        - apiVersion: kdoctor.io/v1beta1
          kind: NetReach
          metadata: {name: second}
        kind: List
        metadata:
          resourceVersion: ""
        ---
        apiVersion: kdoctor.io/v1beta1
        kind: NetReach
        metadata: {name: third}
        """;

    [Fact]
    public void A_list_is_read_as_its_items()
    {
        var file = TaskFile.Read(Exported, TaskLimits.Default);
        Assert.Empty(file.Problems);
        Assert.Equal(["reach", "second", "third"], file.Readings.Select(reading => reading.Task!.Name));
        Assert.Equal("order", Assert.Single(file.Objects).Reference.Name);
    }

    [Fact]
    public void Problems_of_items_have_their_lines_in_the_file()
    {
        var file = TaskFile.Read(Exported.Replace("qps: 5", "qps: 0", StringComparison.Ordinal).Replace("third", "second", StringComparison.Ordinal), TaskLimits.Default);
        Assert.Equal(["7 spec.request.qps", "21 metadata.name"], file.Problems.Select(problem => $"{problem.Line} {problem.Field}"));
    }

    [Theory]
    [InlineData("items: []")]
    [InlineData("items: {a: b}")]
    [InlineData("metadata: {}")]
    public void A_list_without_objects_is_a_problem(string rest)
    {
        var problem = Assert.Single(TaskFile.Read($"apiVersion: v1\nkind: List\n{rest}\n", TaskLimits.Default).Problems);
        Assert.Equal(("items", "the List holds no objects; list tasks, or leave the List out"), (problem.Field, problem.Text));
    }
}
