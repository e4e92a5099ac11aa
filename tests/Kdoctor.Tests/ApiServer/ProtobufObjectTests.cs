using System.Text;
using CsCheck;
using Kdoctor.ApiServer.Bodies;
using Kdoctor.TestKit.Fuzzing;
using Xunit;

namespace Kdoctor.Tests.ApiServer;

/// <summary>Core objects as newer kubectl sends them when it creates one.</summary>
public sealed class ProtobufObjectTests
{
    // What kubectl 1.32 sent for: create secret generic client -n shop --from-literal=ca.crt=abc
    private static readonly byte[] Secret = Convert.FromHexString(
        "6b3873000a0c0a0276311206536563726574122d0a1a0a06636c69656e7412001a0473686f7022002a0032003800420" + "0120d0a0663612e6372741203616263" + "1a0022001a002200");

    [Fact]
    public void What_kubectl_sent_is_read() => Assert.Equal(
        """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"client","namespace":"shop"},"data":{"ca.crt":"YWJj"}}""",
        ProtobufObject.Read(Secret).ToJsonString());

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
    public void Whatever_comes_ends_with_an_object_or_an_expected_failure()
    {
        var chance = new Random(1);
        foreach (var _ in FuzzRounds.Of(20_000))
        {
            var octets = (byte[])Secret.Clone();
            for (var changes = chance.Next(1, 6); changes > 0; changes--)
                octets[chance.Next(4, octets.Length)] = (byte)chance.Next(256);
            try
            {
                ProtobufObject.Read(octets.AsSpan(0, chance.Next(2) == 0 ? octets.Length : chance.Next(octets.Length)));
            }
            catch (FormatException)
            {
                // What a caller is told.
            }
        }
    }

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
