using System.Text;

namespace Kdoctor.Probing.Dns;

/// <summary>
/// Names inside a message, compressed or not (RFC 1035 section 4.1.4). A pointer must lead to before the place where its part of the name
/// begins, so that every walk ends; and a name may hold only <see cref="MaxPointers"/> of them, so that it ends soon.
/// </summary>
internal static class NameWalk
{
    /// <summary>As many as a name of 255 octets can have labels.</summary>
    internal const int MaxPointers = 127;

    /// <summary>The length of a message's header; no name lies in it.</summary>
    internal const int HeaderLength = 12;

    /// <summary>Checks the name at <paramref name="start"/> and finds where the message goes on behind it.</summary>
    internal static AnswerFault Skip(ReadOnlySpan<byte> message, int start, out int end)
    {
        end = 0;
        var (position, partStart, octets, pointers) = (start, start, 1, 0);
        while (position < message.Length)
        {
            int octet = message[position];
            switch (octet >> 6)
            {
                case 0 when octet == 0:
                    end = pointers == 0 ? position + 1 : end;
                    return AnswerFault.None;
                case 0:
                    octets += octet + 1;
                    if (octets > DomainName.MaxOctets)
                        return AnswerFault.LongName;
                    position += octet + 1;
                    break;
                case 3 when position + 1 < message.Length:
                    var target = ((octet & 0x3F) << 8) | message[position + 1];
                    end = pointers == 0 ? position + 2 : end;
                    if (target < HeaderLength || target >= partStart)
                        return AnswerFault.LoopingName;
                    if (++pointers > MaxPointers)
                        return AnswerFault.LongName;
                    position = partStart = target;
                    break;
                case 3:
                    return AnswerFault.CutName;
                default:
                    return AnswerFault.UnknownLabel;
            }
        }
        return AnswerFault.CutName;
    }

    /// <summary>Whether two names of a message, both checked before, are the same; letters in whatever case (RFC 4343).</summary>
    internal static bool Same(ReadOnlySpan<byte> message, int left, int right)
    {
        while (true)
        {
            left = Follow(message, left);
            right = Follow(message, right);
            if (left == right)
                return true;
            int length = message[left];
            if (length != message[right])
                return false;
            if (length == 0)
                return true;
            if (!SameLetters(message.Slice(left + 1, length), message.Slice(right + 1, length)))
                return false;
            left += length + 1;
            right += length + 1;
        }
    }

    /// <summary>Whether octets are the same but for the case of ASCII letters; those that are no ASCII must be equal.</summary>
    internal static bool SameLetters(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        left.SequenceEqual(right) || Ascii.EqualsIgnoreCase(left, right);

    private static int Follow(ReadOnlySpan<byte> message, int position)
    {
        while (message[position] >> 6 == 3)
            position = ((message[position] & 0x3F) << 8) | message[position + 1];
        return position;
    }
}
