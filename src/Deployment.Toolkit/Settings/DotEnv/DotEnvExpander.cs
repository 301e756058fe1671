using System.Text;

namespace Deployment.Toolkit.Settings.DotEnv;

/// <summary>
/// Expands the values of a file. A name means the process's variable, then what the file sets before, then what it sets later. Commands are
/// never run; circles, endless nesting and values that grow without measure are faults.
/// </summary>
internal sealed class DotEnvExpander(IReadOnlyList<DotEnvEntry> entries, bool isStrict, Func<string, string?> process, DotEnvFaults faults)
{
    // Deeper than anything that a person writes and far from the end of the stack.
    private const int DeepestLevel = 64;

    // A value may not grow beyond this by expansion: ten lines that each repeat the one before ten times would fill any memory.
    private const int LongestValue = 1 << 20;

    // All values together may gain this much: each line that repeats the one before and adds a little is a square of the file.
    private const int MostGained = 1 << 24;

    // A message is for a line of a report.
    private const int LongestMessage = 200;

    private readonly string?[] _values = new string?[entries.Count];
    private readonly bool[] _isOpen = new bool[entries.Count];
    private readonly bool[] _usesOwnName = new bool[entries.Count];
    private readonly bool[] _isCut = new bool[entries.Count];
    private readonly bool[] _isRead = new bool[entries.Count];
    private readonly Dictionary<string, List<int>> _places = Places(entries);
    private int _level;
    private long _gained;

    internal string[] Expand()
    {
        for (var i = 0; i < entries.Count; i++)
            ValueOf(i);
        return _values!;
    }

    /// <summary>Whether a line's value was made of what its name meant before.</summary>
    internal bool UsesOwnName(int index) => _usesOwnName[index];

    private static Dictionary<string, List<int>> Places(IReadOnlyList<DotEnvEntry> entries)
    {
        var places = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        for (var i = 0; i < entries.Count; i++)
        {
            if (!places.TryGetValue(entries[i].Name, out var list))
                places[entries[i].Name] = list = [];
            list.Add(i);
        }

        return places;
    }

    private string ValueOf(int index)
    {
        if (_values[index] is { } known)
            return known;

        var entry = entries[index];
        _isOpen[index] = true;
        var value = entry.Text;
        if (_gained > MostGained)
        {
            if (_gained < long.MaxValue)
                Fault(entry, $"is where all values together have grown by {MostGained} characters. Expand less.");
            _gained = long.MaxValue;
        }
        else if (entry.Quote != DotEnvQuote.Single && value.AsSpan().IndexOfAny('$', '\\') >= 0 && !DotEnvHash.Is(value))
        {
            var text = new StringBuilder();
            var at = 0;
            Write(index, value, ref at, text, isInside: false, isSilent: false);
            value = text.ToString();
            _gained += Math.Max(0, value.Length - entry.Text.Length);
        }

        _isOpen[index] = false;
        return _values[index] = value;
    }

    /// <summary>Writes text up to the end, or up to the <c>}</c> that closes a default.</summary>
    private void Write(int index, string text, ref int at, StringBuilder into, bool isInside, bool isSilent)
    {
        var entry = entries[index];
        while (at < text.Length)
        {
            var c = text[at];
            if (isInside && c == '}')
                return;
            if (c == '\\' && at + 1 < text.Length && Escape(entry.Quote, text[at + 1]) is { } escaped)
            {
                Put(index, into, escaped);
                at += 2;
            }
            else if (c == '$' && at + 1 < text.Length)
            {
                WriteReference(index, text, ref at, into, isSilent);
            }
            else
            {
                if (c == '$' && !isSilent)
                    SayReading(index, text, at, "begins no name here and is kept as it stands");
                Put(index, into, c);
                at++;
            }
        }
    }

    private static char? Escape(DotEnvQuote quote, char c) =>
        c switch
        {
            '$' => '$',
            _ when quote != DotEnvQuote.Double => null,
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '"' => '"',
            '\\' => '\\',
            _ => null,
        };

    private void WriteReference(int index, string text, ref int at, StringBuilder into, bool isSilent)
    {
        var entry = entries[index];
        var next = text[at + 1];
        if (next == '(')
        {
            if (!isSilent)
                Fault(
                    entry,
                    $"asks in {entry.Name} for the output of a command, which is never run. Set the value itself, or write \\$( for the "
                        + $"characters."
                );
            Put(index, into, '$');
            at++;
            return;
        }

        if (next == '{')
        {
            WriteBraced(index, text, ref at, into, isSilent);
            return;
        }

        var end = at + 1;
        while (end < text.Length && IsNameChar(text[end], end == at + 1))
            end++;
        if (end == at + 1)
        {
            if (!isSilent)
                SayReading(index, text, at, "begins no name here and is kept as it stands");
            Put(index, into, '$');
            at++;
            // A doubled dollar is a dollar twice, not the beginning of a name.
            if (next == '$')
            {
                Put(index, into, '$');
                at++;
                while (at < text.Length && IsNameChar(text[at], isFirst: false))
                    Put(index, into, text[at++]);
            }

            return;
        }

        if (!isSilent)
        {
            var value = Find(index, text[(at + 1)..end]);
            if (value is null)
                SayReading(index, text, at, Undefined);
            // A refused file is served at start for want of a better: half a password would be tried.
            Put(index, into, value ?? (isStrict ? text[at..end] : ""));
        }

        at = end;
    }

    private string Undefined =>
        isStrict
            ? "stands before a name that nothing sets and is kept with it"
            : "and the name behind it are read as nothing, because nothing sets that name";

    /// <summary>
    /// Says how a dollar is read that may be a character of a password or hash. What stands behind it is not repeated for the same reason.
    /// </summary>
    private void SayReading(int index, string text, int at, string reading)
    {
        var entry = entries[index];
        // Outside quotes a strict file holds none before a name, and that is said already. One that no tool can take for a name needs no
        // word.
        if (_isRead[index] || (isStrict && (entry.Quote == DotEnvQuote.None || !DotEnvReader.BeginsName(text, at))))
            return;

        _isRead[index] = true;
        var lastBreak = text.LastIndexOf('\n', at);
        var (line, column) =
            lastBreak < 0 ? (entry.Line, entry.Column + at) : (entry.Line + text.AsSpan(0, at).Count('\n'), at - lastBreak);
        faults.Reading(
            line,
            column,
            $"holds a $ in {entry.Name} that {reading}. Put the value in single quotes to keep all of it, or write \\$ for the character.",
            entry.Name,
            isStrict
        );
    }

    private void WriteBraced(int index, string text, ref int at, StringBuilder into, bool isSilent)
    {
        var entry = entries[index];
        var start = at + 2;
        var end = start;
        while (
            end < text.Length
            && (IsNameChar(text[end], end == start) || char.IsLetter(text[end]) || (end > start && IsSeparator(text, end)))
        )
            end++;
        var isRead = end > start && end < text.Length && text[end] is '}' or ':' or '-' or '+' or '?';
        var symbol = isRead ? text[end] : '\0';
        var wantsContent = symbol == ':';
        if (wantsContent)
        {
            end++;
            symbol = end < text.Length ? text[end] : '\0';
            isRead = symbol is '-' or '+' or '?';
        }

        if (!isRead || _level >= DeepestLevel)
        {
            if (!isSilent)
                Fault(
                    entry,
                    _level >= DeepestLevel
                        ? $"nests more than {DeepestLevel} expansions in {entry.Name}. Write fewer."
                        : $"begins an expansion in {entry.Name} that cannot be read. Write ${{NAME}}, ${{NAME:-default}}, "
                            + $"${{NAME:?message}} or ${{NAME:+other}}, or \\${{ for the characters."
                );
            // Whatever follows belongs to what could not be read.
            at = text.Length;
            return;
        }

        var name = text[start..(wantsContent ? end - 1 : end)];
        var value = isSilent ? null : Find(index, name);
        var isSet = wantsContent ? !string.IsNullOrEmpty(value) : value is not null;
        var isLeft = symbol == '}' && value is null && !isSilent;
        if (isLeft)
            SayReading(index, text, start - 2, Undefined);
        // A message is shown as it is written: what a name in it means may be a secret.
        var usesWord = symbol switch
        {
            '-' => !isSet,
            '+' => isSet,
            _ => false,
        };
        at = symbol == '}' ? end : end + 1;
        var wordAt = at;
        var word = new StringBuilder();
        if (symbol != '}')
        {
            _level++;
            Write(index, text, ref at, word, isInside: true, isSilent: isSilent || !usesWord);
            _level--;
        }

        at++;
        if (isSilent)
            return;

        if (at > text.Length)
        {
            Fault(entry, $"does not close an expansion in {entry.Name}. Put }} at its end.");
            return;
        }

        if (symbol == '?' && !isSet)
            Fault(
                entry,
                $"needs {name} for {entry.Name}, which is not set{MessageOf(text.AsSpan(wordAt, at - 1 - wordAt))}. Set the variable "
                    + $"{name}."
            );
        else
            Put(
                index,
                into,
                symbol is '-' && isSet ? value!
                    : isLeft && isStrict ? text[(start - 2)..at]
                    : symbol is '}' or '?' ? value ?? ""
                    : usesWord ? word.ToString()
                    : ""
            );
    }

    private static string MessageOf(ReadOnlySpan<char> word) =>
        word.IsEmpty ? "" : ": " + word[..Math.Min(word.Length, LongestMessage)].ToString().ReplaceLineEndings(" ").TrimEnd('.');

    private string? Find(int index, string name)
    {
        if (string.Equals(name, entries[index].Name, StringComparison.OrdinalIgnoreCase))
            _usesOwnName[index] = true;
        if (process(name) is { } own)
            return own;
        if (!_places.TryGetValue(name, out var places))
            return null;

        var position = places.BinarySearch(index);
        var before = (position >= 0 ? position : ~position) - 1;
        if (before >= 0)
            return Opened(index, places[before]);

        // Of itself, with nothing before, a name means nothing; of another, what is set further down.
        if (name == entries[index].Name)
            return null;

        if (isStrict)
        {
            var entry = entries[index];
            faults.Ambiguous(
                entry.Line,
                entry.Column,
                $"uses {name} for {entry.Name}, which line {entries[places[0]].Line} sets further down. Set it before; godotenv and "
                    + $"python-dotenv read nothing there.",
                entry.Name
            );
        }

        return Opened(index, places[0]);
    }

    private string Opened(int from, int index)
    {
        if (_isOpen[index])
        {
            Fault(
                entries[from],
                $"goes in a circle: {entries[from].Name} and {entries[index].Name} are each made of the other. Give one of them a value "
                    + $"of its own."
            );
            return "";
        }

        if (_values[index] is null && _level >= DeepestLevel)
        {
            Fault(entries[from], $"refers over more than {DeepestLevel} names that are set further down. Set them before they are used.");
            return "";
        }

        _level++;
        var value = ValueOf(index);
        _level--;
        return value;
    }

    private void Put(int index, StringBuilder into, char c) => Put(index, into, new ReadOnlySpan<char>(in c));

    private void Put(int index, StringBuilder into, ReadOnlySpan<char> text)
    {
        if (into.Length + text.Length <= Math.Max(LongestValue, entries[index].Text.Length))
        {
            into.Append(text);
        }
        else if (!_isCut[index])
        {
            _isCut[index] = true;
            Fault(entries[index], $"grows by expansion beyond {LongestValue} characters in {entries[index].Name}. Shorten it.");
        }
    }

    private void Fault(DotEnvEntry entry, string text) => faults.Unreadable(entry.Line, entry.Column, text, entry.Name);

    // A dot, or a colon that no operator follows: .NET's separator of keys.
    private static bool IsSeparator(string text, int at) =>
        text[at] == '.' || (text[at] == ':' && at + 1 < text.Length && (char.IsLetterOrDigit(text[at + 1]) || text[at + 1] == '_'));

    private static bool IsNameChar(char c, bool isFirst) => c == '_' || char.IsAsciiLetter(c) || (!isFirst && char.IsAsciiDigit(c));
}
