namespace Kdoctor.ApiServer.Bodies;

/// <summary>Cuts one protobuf message into its fields (Protocol Buffers, "Encoding"). Of the wire types only those that Kubernetes objects use.</summary>
internal ref struct ProtobufFields(ReadOnlySpan<byte> message)
{
    private const int Varint = 0;
    private const int Delimited = 2;
    private const int MaxVarintBytes = 10;

    private ReadOnlySpan<byte> rest = message;

    /// <summary>The field that <see cref="Next"/> found.</summary>
    public int Number { get; private set; }

    /// <summary>Its octets; empty for a number.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Its value where it is a number; null where it has octets.</summary>
    public ulong? Value { get; private set; }

    /// <summary>Goes to the next field; false at the end.</summary>
    /// <exception cref="FormatException">The octets are no such message.</exception>
    public bool Next()
    {
        if (rest.IsEmpty) return false;
        var tag = ReadVarint();
        if (tag >> 3 is 0 or > 536_870_911) throw new FormatException("a field has no number");
        (Number, Value) = ((int)(tag >> 3), null);
        Bytes = default;
        switch ((int)(tag & 7))
        {
            case Varint:
                Value = ReadVarint();
                return true;
            case Delimited:
                var length = ReadVarint();
                if (length > (ulong)rest.Length) throw new FormatException($"field {Number} is longer than its message");
                Bytes = rest[..(int)length];
                rest = rest[(int)length..];
                return true;
            default:
                throw new FormatException($"field {Number} has a wire type that no object has");
        }
    }

    private ulong ReadVarint()
    {
        var value = 0UL;
        for (var index = 0; index < MaxVarintBytes && index < rest.Length; index++)
        {
            value |= (ulong)(rest[index] & 0x7F) << (7 * index);
            if (rest[index] >= 0x80) continue;
            rest = rest[(index + 1)..];
            return value;
        }

        throw new FormatException("a number does not end");
    }
}
