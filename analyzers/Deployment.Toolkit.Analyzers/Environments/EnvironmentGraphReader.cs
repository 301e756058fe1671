using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// Reads the lambda of an <c>AddEnvironments</c> call. Whatever it cannot follow (a name computed at run time, a builder handed to another
/// method) makes the graph say that it isn't known, so that no rule judges by half of it.
/// </summary>
internal sealed class EnvironmentGraphReader
{
    private readonly EnvironmentApi _api;
    private readonly ImmutableArray<DeclaredEnvironment>.Builder _environments = ImmutableArray.CreateBuilder<DeclaredEnvironment>();
    private bool _namesAreKnown = true;
    private bool _linksAreKnown = true;

    private EnvironmentGraphReader(EnvironmentApi api) => _api = api;

    /// <summary>The graph that the call declares; <see langword="null"/> when it is some other <c>AddEnvironments</c>.</summary>
    public static EnvironmentGraph? Read(
        InvocationExpressionSyntax invocation,
        SemanticModel model,
        EnvironmentApi api,
        CancellationToken cancellationToken
    )
    {
        if (
            model.GetOperation(invocation, cancellationToken) is not IInvocationOperation call
            || call.Arguments.FirstOrDefault(a => Takes(a.Parameter?.Type, api.EnvironmentsBuilder)) is not { } configure
        )
        {
            return null;
        }

        var reader = new EnvironmentGraphReader(api);
        reader.ReadEnvironments(configure.Value);
        return new EnvironmentGraph(reader._environments.ToImmutable(), reader._namesAreKnown, reader._linksAreKnown);
    }

    private static bool Takes(ITypeSymbol? type, INamedTypeSymbol builder) =>
        type is INamedTypeSymbol { DelegateInvokeMethod.Parameters: { Length: 1 } parameters }
        && SymbolEqualityComparer.Default.Equals(parameters[0].Type, builder);

    private void ReadEnvironments(IOperation configure)
    {
        if (Lambda(configure) is not { } lambda || Chains(lambda, _api.EnvironmentsBuilder) is not { } calls)
        {
            _namesAreKnown = false;
            return;
        }

        foreach (var call in calls)
        {
            if (call.TargetMethod.Name != EnvironmentApi.Add || Name(call) is not { } name)
            {
                _namesAreKnown = false;
                continue;
            }

            var links = call.Arguments.FirstOrDefault(a => Takes(a.Parameter?.Type, _api.EnvironmentBuilder)) is { } argument
                ? ReadLinks(argument.Value)
                : [];
            _environments.Add(new DeclaredEnvironment(name.Value, name.Location, IsConditional(call, lambda), links));
        }
    }

    private ImmutableArray<EnvironmentLink> ReadLinks(IOperation configure)
    {
        if (configure.ConstantValue is { HasValue: true, Value: null } || configure is IDefaultValueOperation)
        {
            return [];
        }

        if (Lambda(configure) is not { } lambda || Chains(lambda, _api.EnvironmentBuilder) is not { } calls)
        {
            _linksAreKnown = false;
            return [];
        }

        var links = ImmutableArray.CreateBuilder<EnvironmentLink>();
        foreach (var call in calls.Where(c => c.TargetMethod.Name is EnvironmentApi.PromotedFrom or EnvironmentApi.InheritsFrom))
        {
            if (Name(call) is { } name)
            {
                links.Add(new EnvironmentLink(call.TargetMethod.Name, name.Value, name.Location, IsConditional(call, lambda)));
            }
            else
            {
                _linksAreKnown = false;
            }
        }

        return links.ToImmutable();
    }

    private static IAnonymousFunctionOperation? Lambda(IOperation operation) =>
        (operation as IDelegateCreationOperation)?.Target as IAnonymousFunctionOperation;

    /// <summary>All calls on the lambda's builder in source order; <see langword="null"/> when the builder gets out of sight.</summary>
    private static List<IInvocationOperation>? Chains(IAnonymousFunctionOperation lambda, INamedTypeSymbol builder)
    {
        var calls = new List<IInvocationOperation>();
        var parameter = lambda.Symbol.Parameters[0];
        var uses = lambda.Body.Descendants().OfType<IParameterReferenceOperation>();
        foreach (var use in uses.Where(u => SymbolEqualityComparer.Default.Equals(u.Parameter, parameter)))
        {
            IOperation link = use;
            while (
                link.Parent is IInvocationOperation call
                && call.Instance == link
                && SymbolEqualityComparer.Default.Equals(call.TargetMethod.ContainingType, builder)
            )
            {
                calls.Add(call);
                link = call;
            }

            if (link.Parent is not (IExpressionStatementOperation or IReturnOperation))
            {
                return null;
            }
        }

        return calls;
    }

    private static (string Value, Location Location)? Name(IInvocationOperation call)
    {
        var name = call.Arguments.FirstOrDefault(a => a.Parameter?.Type.SpecialType == SpecialType.System_String)?.Value;
        return name?.ConstantValue is { HasValue: true, Value: string value } ? (value, name.Syntax.GetLocation()) : null;
    }

    private static bool IsConditional(IOperation call, IAnonymousFunctionOperation lambda)
    {
        for (var parent = call.Parent; parent != lambda.Body; parent = parent.Parent)
        {
            if (parent is null or not (IInvocationOperation or IExpressionStatementOperation or IReturnOperation or IBlockOperation))
            {
                return true;
            }
        }

        return false;
    }
}
