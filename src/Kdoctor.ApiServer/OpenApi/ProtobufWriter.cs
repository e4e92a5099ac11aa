using System.Buffers;
using System.Text;

namespace Kdoctor.ApiServer.OpenApi;

/// <summary>Writes a message of the protobuf wire format (protobuf.dev/programming-guides/encoding): varints and length-delimited fields.</summary>
internal sealed class ProtobufWriter
{
    private const int VarintType = 0;
    private const int LengthType = 2;
    private readonly ArrayBufferWriter<byte> bytes = new();

    public byte[] ToArray() => this.bytes.WrittenSpan.ToArray();

    /// <summary>A string; nothing when there is none, as proto3 does.</summary>
    public ProtobufWriter Text(int field, string? value) => string.IsNullOrEmpty(value) ? this : Bytes(field, Encoding.UTF8.GetBytes(value));

    /// <summary>A flag; nothing when it is not set.</summary>
    public ProtobufWriter Flag(int field, bool value)
    {
        if (!value) return this;
        Varint((uint)((field << 3) | VarintType));
        Varint(1);
        return this;
    }

    /// <summary>A message inside this one, written even when it is empty.</summary>
    public ProtobufWriter Message(int field, Action<ProtobufWriter> write)
    {
        var inner = new ProtobufWriter();
        write(inner);
        return Bytes(field, inner.ToArray());
    }

    private ProtobufWriter Bytes(int field, byte[] value)
    {
        Varint((uint)((field << 3) | LengthType));
        Varint((uint)value.Length);
        this.bytes.Write(value);
        return this;
    }

    private void Varint(uint value)
    {
        Span<byte> bytes = stackalloc byte[5];
        var length = 0;
        for (; value >= 0x80; value >>= 7) bytes[length++] = (byte)(value | 0x80);
        bytes[length++] = (byte)value;
        this.bytes.Write(bytes[..length]);
    }
}
