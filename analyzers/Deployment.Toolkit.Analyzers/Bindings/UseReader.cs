using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Reads what one candidate node does with configuration.</summary>
internal sealed partial class UseReader(SemanticModel model, ConfigurationApi api, CancellationToken cancellationToken)
{
    private readonly PathReader _paths = new(api, model, cancellationToken);
    private readonly List<ConfigurationUse> _uses = [];

    // A variable that is given what it holds, and two that are given each other, lead back to themselves.
    private readonly Dictionary<ISymbol, HashSet<string>> _followed = new(SymbolEqualityComparer.Default);
    private int _turns;

    private const int MaxTurns = 40;
    private const int MaxFollowed = 50;

    public static ImmutableArray<ConfigurationUse> Read(
        SyntaxNode node,
        SemanticModel model,
        ConfigurationApi api,
        CancellationToken cancellationToken
    )
    {
        var reader = new UseReader(model, api, cancellationToken);
        reader.Read(node);
        return [.. reader._uses];
    }

    private void Read(SyntaxNode node)
    {
        switch (node)
        {
            case InvocationExpressionSyntax call:
                ReadCall(call);
                break;
            case ElementAccessExpressionSyntax { Expression: var receiver, ArgumentList.Arguments: [var key] } access:
                ReadIndexer(access, receiver, key.Expression);
                break;
            case ElementBindingExpressionSyntax { ArgumentList.Arguments: [var key] } binding
                when PathReader.Receiver(binding) is { } receiver:
                ReadIndexer(binding, receiver, key.Expression);
                break;
            case BaseObjectCreationExpressionSyntax { ArgumentList.Arguments: var arguments } creation
                when model.GetSymbolInfo(creation, cancellationToken).Symbol is IMethodSymbol constructor:
                ReadOther(constructor, GivenArguments.Of(constructor, null, arguments));
                break;
        }
    }

    private void ReadIndexer(ExpressionSyntax access, ExpressionSyntax receiver, ExpressionSyntax key)
    {
        if (
            model.GetSymbolInfo(access, cancellationToken).Symbol is IPropertySymbol { IsIndexer: true, ContainingType: var type }
            && api.IsConfiguration(type)
        )
        {
            // What code writes to it is no key that a file should have.
            if (access.Parent is AssignmentExpressionSyntax assignment && assignment.Left == access)
            {
                Add(UseKind.Touch, receiver, key);
            }
            else
            {
                Add(UseKind.Key, receiver, key);
            }
        }
    }

    private void ReadCall(InvocationExpressionSyntax call, int depth = 0)
    {
        if (model.GetSymbolInfo(call, cancellationToken).Symbol is not IMethodSymbol method)
        {
            // Code that doesn't resolve, yet or here, may do anything with what it is given.
            ReadUnresolved(call);
            return;
        }

        var given = GivenArguments.Of(method, call, call.ArgumentList.Arguments);
        var definition = (method.ReducedFrom ?? method).OriginalDefinition;
        var configuration =
            given.FirstOrDefault(g => api.IsConfiguration(g.Parameter.Type)).Value
            ?? (method.ReducedFrom is null && !method.IsStatic ? PathReader.Receiver(call.Expression) : null);
        switch (ConfigurationApi.Classify(definition))
        {
            case KnownMethod.None:
                ReadOther(method, given);
                break;
            case KnownMethod.Section:
                if (
                    configuration is not null
                    && given.FirstOrDefault(g => g.Parameter.Type.SpecialType == SpecialType.System_String).Value is { } sectionKey
                )
                {
                    ReadSection(call, configuration, sectionKey, depth);
                }

                break;
            case KnownMethod.ConnectionString when configuration is not null && given.LastOrDefault().Value is { } name:
                if (_paths.Section(configuration, model) is { } at && _paths.Text(name, model) is { } text)
                {
                    _uses.Add(new ConfigurationUse(UseKind.Key, PathReader.Join(at, "ConnectionStrings:" + text), "System.String"));
                }
                else
                {
                    Unknown(PathReader.Join(_paths.Section(configuration, model) ?? "", "ConnectionStrings"));
                }

                break;
            case KnownMethod.Enumerate when configuration is not null:
                Add(UseKind.Open, configuration, null);
                break;
            case KnownMethod.Exists when configuration is not null:
                Add(UseKind.Touch, configuration, null);
                break;
            case KnownMethod.Value when configuration is not null:
                var key = given.FirstOrDefault(g => g.Parameter.Name == "key").Value;
                var type = method.TypeArguments.FirstOrDefault() ?? TypeOf(given);
                if (key is not null)
                {
                    Add(UseKind.Key, configuration, key, PathReader.Type(type));
                }

                break;
            case KnownMethod.Get when configuration is not null:
                Bind(configuration, null, method.TypeArguments.FirstOrDefault() ?? TypeOf(given));
                break;
            case KnownMethod.BindObject when configuration is not null:
                var bound = given.FirstOrDefault(g => g.Parameter.Name == "instance").Value;
                var keyed = given.FirstOrDefault(g => g.Parameter is { Name: "key" }).Value;
                Bind(configuration, keyed, bound is null ? null : model.GetTypeInfo(bound, cancellationToken).Type);
                break;
            case KnownMethod.Configure when configuration is not null:
                Bind(configuration, null, method.TypeArguments.FirstOrDefault());
                break;
            case KnownMethod.BindPath
                when given.FirstOrDefault(g => g.Parameter.Type.SpecialType == SpecialType.System_String).Value is { } path:
                var target = PathReader.Type(method.TypeArguments.FirstOrDefault());
                if (_paths.Text(path, model) is { } known)
                {
                    _uses.Add(
                        target is null
                            ? new ConfigurationUse(UseKind.Open, known)
                            : new ConfigurationUse(UseKind.Bind, known, target, StrictRules.Of(definition, given, model, _paths))
                    );
                }
                else
                {
                    Unknown("");
                }

                break;
        }
    }

    private void ReadUnresolved(InvocationExpressionSyntax call)
    {
        foreach (
            var given in call
                .ArgumentList.Arguments.Select(a => (ExpressionSyntax?)a.Expression)
                .Append(PathReader.Receiver(call.Expression))
        )
        {
            if (
                given is not null
                && api.IsConfiguration(model.GetTypeInfo(given, cancellationToken).Type)
                && _paths.Section(given, model) is { Length: > 0 } path
            )
            {
                _uses.Add(new ConfigurationUse(UseKind.Open, path));
            }
        }

        _uses.Add(new ConfigurationUse(UseKind.Unknown, ""));
    }

    private void Bind(ExpressionSyntax configuration, ExpressionSyntax? key, ITypeSymbol? type)
    {
        var id = type?.SpecialType == SpecialType.System_Object ? null : PathReader.Type(type);
        Add(id is null ? UseKind.Open : UseKind.Bind, configuration, key, id);
    }

    private void Add(UseKind kind, ExpressionSyntax configuration, ExpressionSyntax? key, string? type = null)
    {
        if (_paths.Section(configuration, model) is not { } section)
        {
            Unknown("");
        }
        else if (key is null)
        {
            _uses.Add(new ConfigurationUse(kind, section, type));
        }
        else if (_paths.Text(key, model) is { } text)
        {
            _uses.Add(new ConfigurationUse(kind, PathReader.Join(section, text), type));
        }
        else
        {
            // "Features:" + name: whatever stands below may be meant.
            var prefix = _paths.Prefix(key, model);
            Unknown(PathReader.Join(section, prefix));
        }
    }

    // Without a section in front all of the file would be meant, and no rule could say a word.
    private void Unknown(string section)
    {
        _uses.Add(new ConfigurationUse(UseKind.Unknown, ""));
        if (section.Length > 0 && (section[0] != Placeholder.Start || section[section.Length - 1] != Placeholder.End))
        {
            _uses.Add(new ConfigurationUse(UseKind.Open, section));
        }
    }

    private ITypeSymbol? TypeOf(IEnumerable<(IParameterSymbol Parameter, ExpressionSyntax Value)> given) =>
        given.Select(g => g.Value).OfType<TypeOfExpressionSyntax>().Select(t => model.GetTypeInfo(t.Type).Type).FirstOrDefault();

    private void ReadOther(IMethodSymbol method, ImmutableArray<(IParameterSymbol Parameter, ExpressionSyntax Value)> given)
    {
        var definition = (method.ReducedFrom ?? method).OriginalDefinition;
        var isVisible =
            SymbolEqualityComparer.Default.Equals(definition.ContainingAssembly, model.Compilation.Assembly)
            || Manifest.Has(definition.ContainingAssembly);
        if (ConfigurationApi.IsOwn(definition))
        {
            return;
        }

        if (!isVisible || PathReader.Id(definition) is not { } id)
        {
            foreach (var (parameter, value) in given)
            {
                // The root that is handed to a library says nothing of any key.
                if (api.IsConfiguration(parameter.Type) && _paths.Section(value, model) is { Length: > 0 } path)
                {
                    _uses.Add(new ConfigurationUse(UseKind.Open, path));
                }
            }

            return;
        }

        var arguments = ImmutableArray.CreateBuilder<string>();
        foreach (var (parameter, value) in given)
        {
            var text =
                api.IsConfiguration(parameter.Type) ? _paths.Section(value, model)
                : parameter.Type.SpecialType == SpecialType.System_String ? _paths.Text(value, model)
                : null;
            if (text is not null)
            {
                var placeholder = api.IsSection(parameter.Type)
                    ? Placeholder.Section(id, parameter.Ordinal)
                    : Placeholder.Parameter(id, parameter.Ordinal);
                arguments.Add(placeholder + "=" + text);
            }
        }

        foreach (var parameter in definition.Parameters)
        {
            if (
                parameter is { HasExplicitDefaultValue: true, ExplicitDefaultValue: string text }
                && given.All(g => g.Parameter.Ordinal != parameter.Ordinal)
            )
            {
                arguments.Add(Placeholder.Parameter(id, parameter.Ordinal) + "=" + text);
            }
        }

        for (var i = 0; i < method.TypeArguments.Length; i++)
        {
            if (PathReader.Type(method.TypeArguments[i]) is { } type)
            {
                arguments.Add(Placeholder.TypeArgument(id, i) + "=" + type);
            }

            if (PathReader.TypeName(method.TypeArguments[i]) is { } name)
            {
                arguments.Add(Placeholder.TypeName(id, i) + "=" + name);
            }

            foreach (var member in GivenArguments.StaticTexts(definition.TypeParameters[i]))
            {
                if (_paths.TypeMember(method.TypeArguments[i], member) is { } text)
                {
                    arguments.Add(Placeholder.TypeMember(id, i, member.Name) + "=" + text);
                }
            }
        }

        if (arguments.Count > 0)
        {
            _uses.Add(new ConfigurationUse(UseKind.Call, id, null, arguments.ToImmutable()));
        }
    }
}
