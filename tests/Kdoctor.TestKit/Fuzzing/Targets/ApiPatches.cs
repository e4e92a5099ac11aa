using System.Text;
using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Bodies;
using Kdoctor.ApiServer.Patching;

namespace Kdoctor.TestKit.Fuzzing.Targets;

/// <summary>Patches (RFC 6902) to the embedded API: applied, or refused with a <see cref="FormatException"/> or an error of the API.</summary>
public static class ApiPatches
{
    public static FuzzTarget Target { get; } = new("api-patch", Takes, () => new[]
    {
        """[{"op":"add","path":"/a/0","value":{"b":[1]}},{"op":"move","from":"/a","path":"/b"}]""",
        """[{"op":"copy","from":"","path":"/c"},{"op":"remove","path":"/c/c"},{"op":"test","path":"/a","value":[1]}]""",
        """[{"op":"replace","path":"","value":{}}]""",
    }.Select(Encoding.UTF8.GetBytes));

    private static bool Takes(byte[] bytes)
    {
        try
        {
            return JsonPatch.Parse(JsonText.Read(bytes)).Succeeded(out var patch, out _)
                && patch.Apply(JsonNode.Parse("""{"a":[1],"b":{}}""")!.AsObject()).Succeeded(out _, out _);
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
