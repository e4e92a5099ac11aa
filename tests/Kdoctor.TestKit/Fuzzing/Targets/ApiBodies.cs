using System.Text;
using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Bodies;

namespace Kdoctor.TestKit.Fuzzing.Targets;

/// <summary>Bodies of writes to the embedded API, in JSON, YAML and protobuf: an object that can be written again, or a <see cref="FormatException"/>.</summary>
public static class ApiBodies
{
    // What kubectl 1.32 sent for: create secret generic client -n shop --from-literal=ca.crt=abc
    public static readonly IReadOnlyList<byte> Secret = Convert.FromHexString(
        "6b3873000a0c0a0276311206536563726574122d0a1a0a06636c69656e7412001a0473686f7022002a0032003800420" + "0120d0a0663612e6372741203616263" + "1a0022001a002200");

    public static FuzzTarget Target { get; } = new("api-body", Takes, () => new[]
    {
        """{"a":[1,2.5e3,-0,true,null],"\ud83d\ude00":"\u0000"}""", "\"\\ud800\"", "a: [1, 2]\nb: {c: ~}\n", "- &x a\n- *x\n", "? [a]\n: b", "a: |\n  text\n", "1e999",
    }.Select(Encoding.UTF8.GetBytes).Append([.. Secret]));

    private static bool Takes(byte[] bytes) =>
        IsRead(() => JsonText.Read(bytes)) | IsRead(() => RequestBody.ParseYaml(bytes)) | IsRead(() => ProtobufObject.Read(bytes));

    private static bool IsRead(Func<JsonNode?> read) => FuzzTarget.IsTaken(
        () =>
        {
            if (read() is { } node)
                JsonText.Write(node);
        },
        refusal => refusal is FormatException);
}
