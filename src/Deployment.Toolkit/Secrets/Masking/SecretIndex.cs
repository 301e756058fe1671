namespace Deployment.Toolkit.Secrets.Masking;

/// <summary>How a pattern is to be read.</summary>
internal enum PatternKind
{
    /// <summary>The secret itself.</summary>
    Exact,

    /// <summary>The secret with a space for each <c>+</c>.</summary>
    Plus,

    /// <summary>The secret without quotes and what else quoting doubles or adds.</summary>
    Bare,
}

/// <summary>What is looked for: a secret, and the beginning of the form of it that is matched.</summary>
internal sealed record SecretPattern(string Secret, string Form, PatternKind Kind);

/// <summary>
/// Finds all patterns in one pass (Aho and Corasick's automaton). A long secret is looked for by its beginning and compared from there, so
/// that a file of keys costs little; time grows with the text alone.
/// </summary>
internal sealed class SecretIndex
{
    /// <summary>So many characters of a secret stand in the automaton.</summary>
    internal const int LongestPrefix = 128;

    private readonly List<char> _label = ['\0'];
    private readonly List<int> _child = [0];
    private readonly List<int> _sibling = [0];
    private readonly List<int> _fail = [0];
    private readonly List<int> _shorter = [0];
    private readonly List<List<SecretPattern>?> _ends = [null];
    private readonly Dictionary<char, int> _first = [];

    internal SecretIndex(IEnumerable<SecretPattern> patterns)
    {
        foreach (var pattern in patterns.Distinct())
        {
            var node = 0;
            foreach (var c in pattern.Form.AsSpan(0, Math.Min(LongestPrefix, pattern.Form.Length)))
                node = Child(node, c) is > 0 and var next ? next : Add(node, c);
            (_ends[node] ??= []).Add(pattern);
        }

        Link();
    }

    internal bool IsEmpty => _first.Count == 0;

    /// <summary>Calls back for each pattern with the place behind the part of it that stands in the automaton.</summary>
    internal void Search<TState>(string text, TState state, Action<TState, SecretPattern, int> found)
    {
        var node = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var next = Child(node, text[i]);
            while (next == 0 && node != 0)
            {
                node = _fail[node];
                next = Child(node, text[i]);
            }

            node = next;
            for (var at = _ends[node] is null ? _shorter[node] : node; at != 0; at = _shorter[at])
            {
                foreach (var pattern in _ends[at]!)
                    found(state, pattern, i + 1);
            }
        }
    }

    private int Child(int node, char c)
    {
        if (node == 0)
            return _first.GetValueOrDefault(c);

        var child = _child[node];
        while (child != 0 && _label[child] != c)
            child = _sibling[child];
        return child;
    }

    private int Add(int parent, char c)
    {
        var node = _label.Count;
        _label.Add(c);
        _child.Add(0);
        _sibling.Add(_child[parent]);
        _fail.Add(0);
        _shorter.Add(0);
        _ends.Add(null);
        _child[parent] = node;
        if (parent == 0)
            _first[c] = node;
        return node;
    }

    // Breadth first: a node's failure is nearer to the root than it is.
    private void Link()
    {
        var queue = new Queue<int>(_first.Values);
        while (queue.TryDequeue(out var node))
        {
            for (var child = _child[node]; child != 0; child = _sibling[child])
            {
                var fail = _fail[node];
                while (fail != 0 && Child(fail, _label[child]) == 0)
                    fail = _fail[fail];
                _fail[child] = Child(fail, _label[child]);
                _shorter[child] = _ends[_fail[child]] is null ? _shorter[_fail[child]] : _fail[child];
                queue.Enqueue(child);
            }
        }
    }
}
