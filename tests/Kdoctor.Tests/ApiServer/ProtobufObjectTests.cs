using System.Text;
using CsCheck;
using Kdoctor.ApiServer.Bodies;
using Kdoctor.TestKit.Fuzzing.Targets;
using Xunit;

namespace Kdoctor.Tests.ApiServer;

/// <summary>Core objects as newer kubectl sends them when it creates one.</summary>
public sealed class ProtobufObjectTests
{
    [Fact]
    public void What_kubectl_sent_is_read() => Assert.Equal(
        """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"client","namespace":"shop"},"data":{"ca.crt":"YWJj"}}""",
        ProtobufObject.Read([.. ApiBodies.Secret]).ToJsonString());

    [Fact]
    public void Texts_labels_flags_and_types_are_read() => Assert.Equal(
        """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m","labels":{"a":"b"}},"data":{"k":"v"},"immutable":true}""",
        ProtobufObject.Read(Envelope("ConfigMap", [.. Field(1, [.. Field(1, "m"u8), .. Field(11, [.. Field(1, "a"u8), .. Field(2, "b"u8)])]), .. Field(2, [.. Field(1, "k"u8), .. Field(2, "v"u8)]), 4 << 3, 1])).ToJsonString());

    [Fact]
    public void A_field_that_would_be_lost_is_refused() =>
        Assert.Contains("field 13 of metadata", Assert.Throws<FormatException>(() => ProtobufObject.Read(Envelope("Secret", Field(1, Field(13, "x"u8))))).Message, StringComparison.Ordinal);

    [Fact]
    public void Kinds_that_are_not_known_are_refused() =>
        Assert.Contains("protobuf of v1 Pod", Assert.Throws<FormatException>(() => ProtobufObject.Read(Envelope("Pod", []))).Message, StringComparison.Ordinal);

    [Fact]
    public void Entries_come_back_as_they_were() => Gen.Dictionary(Gen.String[Gen.Char.AlphaNumeric, 1, 20], Gen.Byte.Array[0, 40])[0, 5].Sample(entries =>
    {
        var data = entries.SelectMany(entry => Field(2, [.. Field(1, Encoding.UTF8.GetBytes(entry.Key)), .. Field(2, entry.Value)])).ToArray();
        var read = ProtobufObject.Read(Envelope("Secret", data))["data"]?.AsObject();
        return entries.Count == (read?.Count ?? 0) && entries.All(entry => Convert.FromBase64String(read![entry.Key]!.GetValue<string>()).AsSpan().SequenceEqual(entry.Value));
    });

    private static byte[] Envelope(string kind, byte[] raw) =>
        [.. "k8s\0"u8, .. Field(1, [.. Field(1, "v1"u8), .. Field(2, Encoding.UTF8.GetBytes(kind))]), .. Field(2, raw)];

    private static byte[] Field(int number, ReadOnlySpan<byte> octets)
    {
        var length = new List<byte>();
        for (var rest = octets.Length; ; rest >>= 7)
        {
            length.Add((byte)(rest < 0x80 ? rest : (rest & 0x7F) | 0x80));
            if (rest < 0x80)
                return [(byte)((number << 3) | 2), .. length, .. octets];
        }
    }
}
